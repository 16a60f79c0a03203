# PyUnicode_EncodeLocale and its inverse: embedded nulls, what the locale cannot express, unknown handlers.
import ctypes
f=ctypes.pythonapi.PyUnicode_EncodeLocale; f.restype=ctypes.py_object; f.argtypes=[ctypes.py_object, ctypes.c_char_p]
g=ctypes.pythonapi.PyUnicode_DecodeLocaleAndSize; g.restype=ctypes.py_object; g.argtypes=[ctypes.c_char_p, ctypes.c_ssize_t, ctypes.c_char_p]
h=ctypes.pythonapi.PyUnicode_DecodeLocale; h.restype=ctypes.py_object; h.argtypes=[ctypes.c_char_p, ctypes.c_char_p]
import locale
for loc in ('C','C.UTF-8'):
    try: print(locale.setlocale(locale.LC_ALL,loc))
    except Exception as e: print(e); continue
    for e in (None,b'strict',b'surrogateescape',b'replace',b'ignore',b'surrogatepass',b'zz'):
        for s in ('a','','é','\u20ac','\U0001f600','\ud800','\udc80','x\0y','abc\udcff\ud800', 5):
            try: print(e, ascii(s), f(s,e))
            except BaseException as x: print(e, ascii(s), type(x).__name__, x)
        for s in (b'a',b'',b'\xc3\xa9',b'\xff',b'a\0b',b'\xed\xa0\x80',b'ab\xffcd'):
            try: print(e, s, ascii(g(s,len(s),e)), ascii(h(s,e)))
            except BaseException as x: print(e, s, type(x).__name__, x)
