"""Code objects with bytes changed at random are refused or run to some end; the interpreter survives. CPython does not:
the expected output is kept by hand. The cases are those of the fuzzer (tests/fuzz/targets/byte_code.py), always the same."""
import opcode
import os
import random
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, 'fuzz'))
from targets import byte_code

CASES = 1500
LIMIT = 0.3  # seconds; an endless loop is an end, too


class Stop(BaseException):
    pass


def alarm(*_):
    raise Stop


def attempt(number):
    signal.setitimer(signal.ITIMER_REAL, LIMIT, LIMIT)
    try:
        byte_code.run(byte_code.make(random.Random(number)))
    except BaseException:
        pass
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def outer(a, b):
    def inner():
        return a, b
    return inner


def refused(function, *args, **changes):
    try:
        print(function.__name__, type(function)(function.__code__.replace(**changes), {}, None, None, function.__closure__)(*args))
    except SystemError as error:
        print(function.__name__, str(error).rpartition(': ')[2])


MAKE_CELL, COPY_FREE_VARS = opcode.opmap['MAKE_CELL'], opcode.opmap['COPY_FREE_VARS']
rest = outer.__code__.co_code[4:]
for cells in (0, 0), (0, 2), (0, 9):
    refused(outer, 1, 2, co_code=bytes([MAKE_CELL, cells[0], MAKE_CELL, cells[1]]) + rest)
refused(outer, 1, 2, co_code=bytes([MAKE_CELL, 0]) + rest)
inner = outer(1, 2)
for counts in (1, 1), (2, 2), (0, 2), (1,), ():
    starts = b''.join(bytes([COPY_FREE_VARS, count]) for count in counts)
    refused(inner, co_code=starts + inner.__code__.co_code[2:])


def looking():
    pass


for operation in 'GET_LEN', 'MATCH_MAPPING', 'MATCH_SEQUENCE', 'GET_ANEXT', 'COPY':
    instructions = [('RESUME', 0), ('PUSH_NULL', 0), (operation, operation == 'COPY'), ('LOAD_CONST', 0), ('RETURN_VALUE', 0)]
    code = b''.join(bytes([opcode.opmap[name], argument]) for name, argument in instructions)
    refused(looking, co_code=code, co_stacksize=4)

signal.signal(signal.SIGALRM, alarm)
sys.stdout = open(os.devnull, 'w')
for number in range(CASES):
    attempt(number)
sys.__stdout__.write('survived\n')
