# Coroutines that nobody awaits, with warnings.py in several states of disrepair.
import sys
import warnings

warnings.simplefilter('always')


async def work():
    pass


def forget():
    seen = []
    hook, sys.unraisablehook = sys.unraisablehook, lambda u: seen.append((u.exc_type.__name__, str(u.exc_value)))
    with warnings.catch_warnings(record=True) as log:
        warnings.simplefilter('always')
        work()
    sys.unraisablehook = hook
    return [str(w.message) for w in log], seen


original = warnings._warn_unawaited_coroutine
print(forget())
warnings._warn_unawaited_coroutine = lambda coroutine: 1 / 0
print(forget())
warnings._warn_unawaited_coroutine = lambda coroutine: None
print(forget())
del warnings._warn_unawaited_coroutine
print(forget())
warnings._warn_unawaited_coroutine = original


def angry(coroutine):
    raise RuntimeWarning('as an error')


warnings._warn_unawaited_coroutine = angry
print(forget())
