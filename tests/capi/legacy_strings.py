"""Strings that an extension fills in after they were made (PyUnicode_FromUnicode(NULL, n))."""
import ctypes
import sys
import warnings

import _testcapi

warnings.simplefilter('ignore')
make = _testcapi.unicode_legacy_string
for text in '', 'a', 'abc', '\xe9', '\u263a', '\U0001f600x', 'a\0b':
    print(ascii(text), make(text) == text, hash(make(text)) == hash(text), {text: 1}[make(text)], {make(text): 2}[text],
          len(make(text)), type(make(text)), ascii(make(text) + 'y'), ascii(make(text).upper()), make(text).isidentifier())
print(sorted([make('b'), 'a']), int(make('5')), float(make('5.5')), make('ab').encode(), make('ab') < 'ac', 'a' in make('ab'))
print(sys.intern(make('abc')) is sys.intern('abc'), getattr(3, make('real')), make(',').join('abc'), eval(make('1+1')))
print('abc'.replace(make('b'), make('x')), '%s' % make('ab'), [*map(make, 'ab')] == ['a', 'b'], sys.getrefcount(make('abc')))
print({make('key'): 1} | {'key': 2}, getattr(_testcapi, make('INT_MAX')) > 0, vars(type(make('C'), (), {make('attr'): 1}))['attr'])
warnings.simplefilter('error')
try:
    make('abc')
except DeprecationWarning as warning:
    print(warning)
warnings.simplefilter('ignore')

# Never filled in, or with what is no character.
from_unicode = ctypes.pythonapi.PyUnicode_FromUnicode
from_unicode.restype = ctypes.py_object
from_unicode.argtypes = [ctypes.c_wchar_p, ctypes.c_ssize_t]
print(len(from_unicode(None, 3)), ascii(from_unicode('abcdef', 3)), ascii(from_unicode(None, 0)))
try:
    from_unicode(None, -1)
except SystemError as error:
    print('SystemError')
