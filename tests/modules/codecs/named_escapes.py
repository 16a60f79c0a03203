"""\\N{...} imports unicodedata when it is first met; the namereplace handler does so each time."""
import codecs
import sys


def attempt(label, function):
    try:
        print(label, ascii(function()))
    except Exception as error:
        print(label, type(error).__name__, error)


def attempt_all():
    attempt('eval', lambda: eval(r"'\N{SPACE}'"))
    attempt('malformed', lambda: eval(r"'\Nx'"))
    attempt('f-string', lambda: eval(r"f'\N{SPACE}'"))
    attempt('bytes', lambda: eval(r"b'\N{SPACE}'"))
    attempt('raw', lambda: eval(r"r'\N{SPACE}'"))
    attempt('codec', lambda: codecs.decode(rb'\N{SPACE}', 'unicode_escape'))
    attempt('codec, replace', lambda: codecs.decode(rb'\N{SPACE}', 'unicode_escape', 'replace'))
    attempt('raw codec', lambda: codecs.decode(rb'\N{SPACE}', 'raw_unicode_escape'))
    attempt('namereplace', lambda: '\xa0'.encode('ascii', 'namereplace'))


class Replacement:
    pass


print('unicodedata' in sys.modules)
for module in None, Replacement:
    sys.modules['unicodedata'] = module
    attempt_all()
Replacement._ucnhash_CAPI = 3
attempt_all()
del sys.modules['unicodedata']
attempt('eval', lambda: eval(r"'\N{SPACE}'"))
print('unicodedata' in sys.modules)
sys.modules['unicodedata'] = None
attempt_all()
