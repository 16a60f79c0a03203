# Words for wrong arguments.
import _imp
import syslog


def attempt(function, *args, **kwargs):
    try:
        print(function(*args, **kwargs))
    except Exception as e:
        print(type(e).__name__, e)


names = dict.fromkeys('abcdefgh')
for function in (min, max, print, sorted, zip, enumerate, open, int, str, bytes, float, compile, sum, round, pow):
    for count in (1, 2, 3, 4, 7):
        some = dict(list(names.items())[:count])
        attempt(function, 1, **some)
        attempt(function, **some)
attempt(min, 1, 2, key=None, default=3, x=1)
attempt(min, [1], key=None, default=3, x=1)
attempt(min, [], key=None, default=3)
for key in (1, -1, 2**63 - 1, 2**63, 'a', 1.5):
    attempt(_imp.source_hash, key, b'source')
attempt(_imp.source_hash, 1, 'a')
attempt(_imp.source_hash, 1)
attempt(syslog.setlogmask, 2**64)
