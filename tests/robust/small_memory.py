"""Memory ends: what follows fails with MemoryError or works, and the process goes on."""
import functools
import json
import operator
import os
import pickle
import re
import resource
import sys

LIMIT = 200 << 20
FAILURES = MemoryError, OSError  # made while there is memory
SOURCE = 'def f(a, b=1):\n    for x in range(a):\n        with b:\n            yield [y for y in x if y]\n' * 20
MANY = (1,) * 700_000  # their addresses do not fit into what is set aside for scratch
LONG = list(MANY)


class Python:
    def __init__(self, *args):
        pass

    def method(self, *args):
        pass


def used_up():
    """Keeps all memory there is, down to small blocks."""
    kept = None
    for size in 1 << 20, 1 << 14, 400, 100, 16:
        try:
            while True:
                kept = bytes(size), kept
        except MemoryError:
            pass
    return kept


def attempts():
    yield lambda: compile(SOURCE, 's', 'exec')
    yield lambda: exec(SOURCE, {})
    yield lambda: 'a' * 1000 + 'b'
    yield lambda: '%s %r {}'.format(*range(300))
    yield lambda: sorted(range(3000), key=str)
    yield lambda: json.dumps([1, 'a'] * 500)
    yield lambda: re.compile('(a|b)*c{3}[a-z]')
    yield lambda: pickle.dumps([[i] for i in range(500)])
    yield lambda: 'x'.encode('cp037')
    yield lambda: open('/proc/self/maps').read()
    yield lambda: os.listdir('/')
    yield lambda: int('1' * 4000) ** 3
    yield lambda: functools.partial(max, 1)(*MANY)
    yield lambda: functools.lru_cache(typed=True)(max)(*MANY)
    yield lambda: operator.methodcaller('method', *MANY)(Python())
    yield lambda: Python(*MANY)
    yield lambda: Python().method(*MANY, a=1)
    yield lambda: operator.delitem(LONG, slice(None, None, 2))
    yield lambda: operator.setitem(LONG, slice(10, 20), MANY)


def address_space():
    with open('/proc/self/statm') as sizes:
        return int(sizes.read().split()[0]) * resource.getpagesize()


def child(attempt):
    if address_space() > LIMIT:
        return True  # an instrumented build, whose memory cannot be limited so
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT, LIMIT))
    kept = used_up()
    try:
        attempt()
    except FAILURES:
        pass
    del kept
    return len(str(10 ** 3000)) == 3001


for number, attempt in enumerate(attempts()):
    sys.stdout.flush()
    process = os.fork()
    if process == 0:
        status = 1
        try:
            status = 0 if child(attempt) else 2
        finally:
            os._exit(status)
    print(number, os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))
