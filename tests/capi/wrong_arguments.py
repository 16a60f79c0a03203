# What functions of the C API say to arguments of a wrong kind, and conversions of numbers that do not fit.
import ctypes
import re
A=ctypes.pythonapi; O=ctypes.py_object; N=ctypes.c_ssize_t; I=ctypes.c_int; S=ctypes.c_char_p
class Odd:
    def __repr__(s): return 'Odd'
class Bad:
    def __repr__(s): return 'Bad'
    def __getattr__(s,n): raise AttributeError('GA '+n)
    def __len__(s): raise KeyError('len')
    def __getitem__(s,i): raise KeyError('gi')
    def __iter__(s): raise KeyError('iter')
    def __hash__(s): raise KeyError('hash')
    def __bool__(s): raise KeyError('bool')
    def __str__(s): raise KeyError('str')
    def __call__(s,*a): raise KeyError('call')
    def __index__(s): raise KeyError('index')
    def __eq__(s,o): raise KeyError('eq')
    def __contains__(s,x): raise KeyError('contains')
    def __setitem__(s,k,v): raise KeyError('si')
    def __delitem__(s,k): raise KeyError('di')


def say(name, *rest):
    print(name, *(re.sub(r'[./]*[A-Za-z]+/[a-z]+\.c:\d+: ', '', str(x)) for x in rest))


def attempt(name, function, *arguments):
    shown = [type(a).__name__ for a in arguments]
    try:
        result = function(*arguments)
        result = repr(result)[:50] if 'object at' not in repr(result) else type(result).__name__
    except BaseException as error:
        result = type(error).__name__, error
        result = f'{result[0]}: {result[1]}'
    say(name, shown, result)


def values():
    return [5, 'aa', b'ab', [1], (1,), {1: 2}, {1}, frozenset({1}), None, Odd(), Bad(), int, 1.5, iter([1]), range(2)]


for name, kind in (('PySet_Size', N), ('PySet_Clear', I), ('PySet_Pop', O), ('PyDictProxy_New', O), ('PySeqIter_New', O), ('PyNumber_Index', O),
                   ('_PyNumber_Index', O), ('PyWeakref_GetObject', O)):
    function = getattr(A, name)
    function.argtypes, function.restype = [O], kind
    for value in values() + [True]:
        attempt(name, function, value)
for name, kind in (('PyUnicode_Format', O), ('PyUnicode_Partition', O), ('PyUnicode_RPartition', O), ('PyUnicode_Contains', I),
                   ('PyDict_DelItem', I), ('PySet_Add', I), ('PySet_Discard', I)):
    function = getattr(A, name)
    function.argtypes, function.restype = [O, O], kind
    for left in (5, 'aa', [1], {1: 2}, {1}, frozenset({1}), Bad()):
        for right in (5, 'a', [1], (1,), None, Bad()):
            attempt(name, function, left, right)
F=A.PyUnicode_FromFormat; F.restype=O
for fmt,args in ((b'%s',[b'x']),(b'%5d|%-5d|%05d',[I(3),I(4),I(5)]),(b'%.2s',[b'abc']),(b'%c',[I(65)]),(b'%c',[I(0x110000)]),(b'%%',[]),(b'%z',[]),(b'%A',[O('\xe9')]),(b'%R',[O('a')]),(b'%S',[O(5)]),(b'%U',[O('u')]),(b'%V',[O('u'),b'z']),(b'%10s|',[b'ab']),(b'%-10s|',[b'ab']),(b'%.3U|%10U',[O('abcd'),O('q')]),(b'%x|%X|%#x',[I(255),I(255),I(255)]),(b'%i%u%li%lu%lli%llu%zd%zu',[I(1),I(2),ctypes.c_long(3),ctypes.c_ulong(4),ctypes.c_longlong(5),ctypes.c_ulonglong(6),N(7),ctypes.c_size_t(8)]),(b'%p',[ctypes.c_void_p(255)]),(b'abc%',[]),(b'%s\xff',[b'\xff']),(b'%s',[b'\xff\xfe']),(b'%q',[I(1)]),(b'%ld %lld',[ctypes.c_long(-5),ctypes.c_longlong(-6)]),(b'%5.3d|%.5d|%-8x|',[I(7),I(7),I(255)]),(b'%03c',[I(65)]),(b'%jd',[ctypes.c_long(9)]),(b'%td',[N(9)]),(b'%o',[I(8)])):
    try: print(fmt, repr(F(fmt,*args)))
    except BaseException as e: print(fmt,type(e).__name__,e)

def mk(n,res,*args):
    f=getattr(A,n); f.restype=res; f.argtypes=[ctypes.py_object,*args]; return f
class I:
    def __init__(s,v): s.v=v
    def __index__(s): return s.v
    def __repr__(s): return f'I({s.v})'
class Fl:
    def __float__(s): return 1.5
    def __int__(s): return 3
    def __repr__(s): return 'Fl'
vals=[0,1,-1,True,2**31,2**32,2**62,2**63-1,2**63,2**64-1,2**64,2**70,-2**31-1,-2**63,-2**63-1,-2**64,-2**70,1.5,'x',None,I(5),I(-5),I(2**64),I(2**63),Fl()]
ov=ctypes.c_int(7)
fs=[('PyLong_AsLong',ctypes.c_long),('PyLong_AsLongLong',ctypes.c_longlong),('PyLong_AsSsize_t',ctypes.c_ssize_t),('PyLong_AsSize_t',ctypes.c_size_t),('PyLong_AsUnsignedLong',ctypes.c_ulong),('PyLong_AsUnsignedLongLong',ctypes.c_ulonglong),('PyLong_AsUnsignedLongMask',ctypes.c_ulong),('PyLong_AsUnsignedLongLongMask',ctypes.c_ulonglong),('PyLong_AsDouble',ctypes.c_double),('PyLong_AsVoidPtr',ctypes.c_void_p),('_PyLong_AsInt',ctypes.c_int),('PyFloat_AsDouble',ctypes.c_double),('_PyLong_Sign',ctypes.c_int),('_PyLong_NumBits',ctypes.c_size_t),('PyNumber_Index',ctypes.py_object),('_PyNumber_Index',ctypes.py_object),('PyNumber_Long',ctypes.py_object),('PyNumber_Float',ctypes.py_object),('PyComplex_RealAsDouble',ctypes.c_double),('PyComplex_ImagAsDouble',ctypes.c_double)]
for n,r in fs:
    f=mk(n,r)
    for v in vals:
        if n in('_PyLong_Sign','_PyLong_NumBits') and not isinstance(v,int): continue
        try: print(n, v, f(v))
        except BaseException as e: print(n, v, type(e).__name__, e)
f=mk('PyLong_AsLongAndOverflow',ctypes.c_long,ctypes.c_void_p); g=mk('PyLong_AsLongLongAndOverflow',ctypes.c_longlong,ctypes.c_void_p)
for h in (f,g):
    for v in vals:
        ov.value=7
        try: print(h.__name__, v, h(v,ctypes.byref(ov)), ov.value)
        except BaseException as e: print(h.__name__, v, type(e).__name__, e, ov.value)
h=mk('PyNumber_AsSsize_t',ctypes.c_ssize_t,ctypes.py_object)
for v in vals:
    for e in (OverflowError,IndexError,ValueError):
        try: print('AsSsize', v, h(v,e))
        except BaseException as x: print('AsSsize', v, type(x).__name__, x)

import xxlimited_35
attempt('new', xxlimited_35.new, 1)
