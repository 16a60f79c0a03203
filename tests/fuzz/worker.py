"""Runs cases FIRST..FIRST+COUNT of TARGET and prints one line each. Case i depends on (TARGET, SEED, i) alone.

    worker.py TARGET SEED FIRST COUNT [TRACE]     TRACE: a file that holds the case which is running
"""
import importlib
import os
import random
import resource
import signal
import sys
import traceback
import warnings

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
LIMIT = 5  # seconds per case; slow ones are not compared


class Slow(BaseException):
    pass


class Batch:
    """Where the batch stands, for a case that catches even Slow: the rest runs in a new process image."""

    current = end = 0
    out = None
    fired = False


def alarm(*_):
    if not Batch.fired:
        Batch.fired = True
        raise Slow
    Batch.out.write(f'{Batch.current} slow\n')
    Batch.out.flush()
    first = Batch.current + 1
    os.execv(sys.executable, [sys.executable, *sys.argv[:3], str(first), str(Batch.end - first), *sys.argv[5:]])


def attempt(target, value):
    try:
        return target.run(value)
    except RecursionError:
        return 'slow'  # where it ends depends on the C stack
    except (Exception, SystemExit) as error:
        return f'{type(error).__name__}: {text(error)}'


def outcome(target, value):
    try:
        Batch.fired = False
        signal.setitimer(signal.ITIMER_REAL, LIMIT, LIMIT)
        try:
            return attempt(target, value)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    except BaseException:
        return 'slow'


def limit_memory(size):
    """More than what is mapped already: an instrumented build maps its shadow at the start."""
    with open('/proc/self/statm') as file:
        mapped = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (mapped + size, mapped + size))


def text(error):
    try:
        return str(error)
    except BaseException as other:
        return f'str() raised {type(other).__name__}'


def main():
    name, seed, first, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    trace = open(sys.argv[5], 'w', buffering=1, errors='backslashreplace') if len(sys.argv) > 5 else None
    out = open(1, 'w', encoding='utf-8', errors='backslashreplace', buffering=65536, closefd=False)
    target = importlib.import_module('targets.' + name)
    errors, sys.stderr = sys.stderr, open(os.devnull, 'w')
    sys.stdout = sys.stderr
    sys.excepthook = lambda *error: traceback.print_exception(*error, file=errors)
    limit_memory(6 << 30)
    signal.signal(signal.SIGALRM, alarm)
    warnings.simplefilter('ignore')
    Batch.out, Batch.end = out, first + count
    for i in range(first, Batch.end):
        Batch.current = i
        value = target.make(random.Random(f'{name}/{seed}/{i}'))
        if trace:
            trace.seek(0)
            trace.truncate()
            trace.write(f'{i}\n{value!r}\n')
        line = outcome(target, value)[:400].replace('\n', '\\n').replace('\r', '\\r')
        out.write(f'{i} {line}\n')
    out.flush()
    os._exit(0)


main()
