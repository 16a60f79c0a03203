# Names that are not ASCII go through unicodedata.normalize, whatever that is.
import sys

exec('\u212bngstr\u00f6m = 1')
print('\u00c5ngstr\u00f6m' in globals(), 'unicodedata' in sys.modules)
import unicodedata

original = unicodedata.normalize
calls = []


def attempt(function, source='\u03d5 = 1; \u03c9\u03c9'):
    unicodedata.normalize = function
    try:
        code = compile(source, '<text>', 'exec')
        print(ascii(code.co_names))
    except BaseException as e:
        print(type(e).__name__, ascii(str(e)))
    finally:
        unicodedata.normalize = original


attempt(original)
attempt(lambda form, text: calls.append((form, text)) or 'a' + text)
print(ascii(sorted(set(calls))))
attempt(lambda form, text: None)
attempt(lambda form, text: b'x')
attempt(lambda form, text: 1 / 0)
attempt(lambda form, text: 1 / 0, 'def f(:\n  \u03c9')
attempt(lambda form, text: 1 / 0, "f'{\u03c9}'")
attempt(lambda form, text: 1 / 0, 'x = 1')
