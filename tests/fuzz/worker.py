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


def alarm(*_):
    raise Slow


def attempt(target, value):
    try:
        return target.run(value)
    except RecursionError:
        return 'slow'  # where it ends depends on the C stack
    except (Exception, SystemExit) as error:
        return f'{type(error).__name__}: {text(error)}'


def outcome(target, value):
    try:
        signal.setitimer(signal.ITIMER_REAL, LIMIT)
        try:
            return attempt(target, value)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    except BaseException:
        return 'slow'


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
    if 'detect_leaks' not in os.environ.get('ASAN_OPTIONS', ''):
        resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
    signal.signal(signal.SIGALRM, alarm)
    warnings.simplefilter('ignore')
    for i in range(first, first + count):
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
