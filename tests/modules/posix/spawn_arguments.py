"""Arguments of posix_spawn that are given but empty, None or of other types."""
import os
import signal


def attempt(**arguments):
    try:
        pid = os.posix_spawn('/bin/true', ['true'], {}, **arguments)
        os.waitpid(pid, 0)
        print(arguments, 'ran')
    except Exception as error:
        print(arguments, type(error).__name__, error)


for value in None, 0, 1, 2.0, 'x', 10 ** 30:
    attempt(resetids=value)
for value in None, 3, {}, [], [()], [(1, 2, 3)], [(os.POSIX_SPAWN_OPEN, 1)], [('a', 1)], [(os.POSIX_SPAWN_CLOSE, 9)]:
    attempt(file_actions=value)
for value in None, 3, [], [0], [65], ['x'], [1 << 1000], [-1]:
    attempt(setsigmask=value)
    attempt(setsigdef=value)
for value in None, (1,), (None, 3):
    attempt(scheduler=value)
attempt(setpgroup=None)
for signals in [1 << 1000], [-1 << 1000], [65], [0], ['a']:
    try:
        print(signal.pthread_sigmask(signal.SIG_BLOCK, signals))
    except Exception as error:
        print(type(error).__name__, error)
