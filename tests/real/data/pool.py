"""Pools, queues, managers, pipes and shared memory of multiprocessing under one start method."""
import multiprocessing as mp
import os
import sys
from concurrent.futures import ProcessPoolExecutor


def square(n):
    if n == 13:
        raise ValueError("unlucky", n)
    return n * n


def producer(queue, count):
    for n in range(count):
        queue.put((n, "x" * n))
    queue.put(None)


def add(value, lock, times):
    for _ in range(times):
        with lock:
            value.value += 1


def child(pipe):
    pipe.send({"got": pipe.recv(), "daemon": mp.current_process().daemon, "name": mp.current_process().name})
    pipe.close()


def leave(code):
    sys.exit(code)


def main(method):
    context = mp.get_context(method)
    with context.Pool(3) as pool:
        print(pool.map(square, range(10)), sum(pool.imap_unordered(square, range(10), chunksize=3)))
        print(pool.starmap(pow, [(2, 3), (3, 2), (5, 0)]), pool.apply_async(os.path.basename, ("/a/b",)).get(60))
        try:
            pool.map(square, range(10, 16))
        except ValueError as error:
            print(repr(error), type(error.__cause__).__name__, "ValueError: ('unlucky', 13)" in str(error.__cause__))
    queue = context.Queue()
    feeder = context.Process(target=producer, args=(queue, 5))
    feeder.start()
    print(list(iter(queue.get, None)))
    feeder.join()
    value, lock = context.Value("i", 0), context.Lock()
    workers = [context.Process(target=add, args=(value, lock, 100)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(value.value, [w.exitcode for w in workers], feeder.exitcode)
    here, there = context.Pipe()
    process = context.Process(target=child, args=(there,), name="piper", daemon=True)
    process.start()
    here.send([1, 2.5, None])
    print(here.recv())
    process.join()
    process = context.Process(target=leave, args=(7,))
    process.start()
    process.join()
    print(process.exitcode)
    with context.Manager() as manager:
        shared = manager.dict(a=1)
        shared["b"] = manager.list([1, 2])
        shared["b"].append(3)
        print(dict(shared, b=list(shared["b"])))
    array = context.Array("d", [1.5, 2.5])
    array[0] *= 2
    print(array[:])
    with ProcessPoolExecutor(2, mp_context=context) as executor:
        print(list(executor.map(square, [1, 2, 3], chunksize=2)), repr(executor.submit(square, 13).exception()))


if __name__ == "__main__":
    main(sys.argv[1])
