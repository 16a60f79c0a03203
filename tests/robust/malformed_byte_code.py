"""Code objects with bytes changed at random are refused or run to some end; the interpreter survives. CPython does not:
the expected output is kept by hand. The cases are those of the fuzzer (tests/fuzz/targets/byte_code.py), always the same."""
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


signal.signal(signal.SIGALRM, alarm)
sys.stdout = open(os.devnull, 'w')
for number in range(CASES):
    attempt(number)
sys.__stdout__.write('survived\n')
