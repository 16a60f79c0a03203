"""A TCP echo server and many clients at once in one event loop."""
import asyncio
import sys


async def serve(reader, writer):
    while line := await reader.readline():
        writer.write(line.upper())
        await writer.drain()
    writer.close()
    await writer.wait_closed()


async def client(port, number):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answers = []
    for turn in range(3):
        writer.write(f"client {number} turn {turn}\n".encode())
        await writer.drain()
        answers.append(await reader.readline())
    writer.close()
    await writer.wait_closed()
    return number, answers[-1]


async def main(count):
    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=2000)
    port = server.sockets[0].getsockname()[1]
    async with server:
        results = await asyncio.gather(*(client(port, n) for n in range(count)))
    print(len(results), results[0], results[-1])
    print(sum(len(answer) for _, answer in results))
    try:
        async with asyncio.timeout(0.05):
            await asyncio.sleep(10)
    except TimeoutError as error:
        print("timeout", repr(error))
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(asyncio.sleep(0.01, n)) for n in range(5)]
    print([t.result() for t in tasks])


asyncio.run(main(int(sys.argv[1])))
