# _pickle: opcodes, reductions, memos, errors.
import _pickle as P,io,pickle,copyreg,sys,pickletools


def show(text):
    try:
        print(text, '->', ascii(eval(text)))
    except BaseException as error:
        print(text, '->', type(error).__name__, ascii(str(error)))


class A: pass
class R:
    def __init__(s,v): s.v=v
    def __reduce__(s): return s.v
class RE:
    def __init__(s,v): s.v=v
    def __reduce_ex__(s,p): return s.v
class W:
    def write(s,b): s.b=getattr(s,'b',b'')+b
class NoW: pass
class F:
    def __init__(s,d): s.f=io.BytesIO(d)
    def read(s,n=-1): return s.f.read(n)
    def readline(s): return s.f.readline()
class FI(F):
    def readinto(s,b): return s.f.readinto(b)
class NP(P.Pickler):
    def persistent_id(s,o): return 'pid' if o==42 else None
class NU(P.Unpickler):
    def persistent_load(s,p): return ('L',p)
def lam(): return lambda:0
def dis(b): pickletools.dis(b)

for text in r'''
P.dumps()
P.dumps(1,6)
P.dumps(1,-1)[:2]
P.dumps(1,"a")
P.dumps(lam())
P.dumps(R(5))
P.dumps(R(()))
P.dumps(R((1,)))
P.dumps(R((1,2)))
P.dumps(R((A,2)))
P.dumps(R((1,())))
P.dumps(R((A,(),None,5)))
P.dumps(R((A,(),None,None,5)))
P.dumps(R((A,(),None,None,None,5)))
P.dumps(R((A,(),None,None,None,None,1)))
P.dumps(R((copyreg.__newobj__,())))
P.dumps(R((copyreg.__newobj__,(1,))))
P.dumps(R((copyreg.__newobj__,(A,))))
P.dumps(R((copyreg.__newobj_ex__,(A,))))
P.dumps(sys)
P.dumps(iter([]))
P.dumps(A.__init__)
P.dumps(type(None))
P.dumps(type(...))
P.dumps(...)
P.dumps(NotImplemented)
P.dumps(int)
P.dumps(P.Pickler)
P.dump(1)
P.dump(1,NoW())
P.dump(1,5)
P.dump(1,W())
P.Pickler()
P.Pickler(NoW())
P.Pickler(W(),9)
P.Pickler(W()).dump()
P.Pickler(W()).bin
P.Pickler(W(),0).bin
P.Pickler(W()).fast
P.Pickler(W()).dispatch_table
P.Pickler(W()).persistent_id
P.Pickler.__new__(P.Pickler).dump(1)
P.Unpickler.__new__(P.Unpickler).load()
P.loads()
P.loads(5)
P.loads("a")
P.loads(b"")
P.loads(b"x")
P.loads(b"\x80")
P.loads(b"\x80\x06.")
P.loads(b"K")
P.loads(b".")
P.loads(b"I1\n.")
P.loads(b"I01\n.")
P.loads(b"I00\n.")
P.loads(b"Iabc\n.")
P.loads(b"I1")
P.loads(b"L1L\n.")
P.loads(b"L\n.")
P.loads(b"F1.5\n.")
P.loads(b"Fx\n.")
P.loads(b"S'abc'\n.")
P.loads(b"Sabc\n.")
P.loads(b"S'abc\n.")
P.loads(b"S'a\\x41'\n.")
P.loads(b"Vabc\n.")
P.loads(b"(.")
P.loads(b"0.")
P.loads(b"N0.")
P.loads(b"t.")
P.loads(b"(K\x01K\x02t.")
P.loads(b"a.")
P.loads(b"]K\x01a.")
P.loads(b"K\x01K\x02a.")
P.loads(b"](K\x01K\x02e.")
P.loads(b"}K\x01K\x02s.")
P.loads(b"K\x01K\x01K\x02s.")
P.loads(b"}(K\x01u.")
P.loads(b"g0\n.")
P.loads(b"h\x00.")
P.loads(b"gx\n.")
P.loads(b"j\0\0\0\0.")
P.loads(b"Pabc\n.")
P.loads(b"NQ.")
P.loads(b"cos\nsystem\n.")
P.loads(b"cnosuch\nx\n.")
P.loads(b"cos\nnosuch\n.")
P.loads(b"NR.")
P.loads(b"c__builtin__\nint\n)R.")
P.loads(b"c__builtin__\nint\nNR.")
P.loads(b"N)\x81.")
P.loads(b"c__builtin__\nint\nN\x81.")
P.loads(b"K\x01Nb.")
P.loads(b"K\x01K\x02b.")
P.loads(b"K\x01}K\x01K\x02sb.")
P.loads(b"\x82\x01.")
P.loads(b"\x82\x00.")
P.loads(b"\x84\xff\xff\xff\xff.")
P.loads(b"\x93.")
P.loads(b"NN\x93.")
P.loads(b"\x8c\x02ab.")
P.loads(b"\x8c\x02a")
P.loads(b"X\xff\xff\xff\xffa")
P.loads(b"T\xff\xff\xff\xffa")
P.loads(b"\x8d\xff\xff\xff\xff\xff\xff\xff\xffa")
P.loads(b"\x8e\xff\xff\xff\xff\xff\xff\xff\xffa")
P.loads(b"\x8b\xff\xff\xff\xff")
P.loads(b"\x96\x01\0\0\0\0\0\0\0a.")
P.loads(b"\x97.")
P.loads(b"\x98.")
P.loads(b"\x97.",buffers=[b"ab"])
P.loads(b"\x97.",buffers=[])
P.loads(b"\x97.",buffers=5)
P.loads(b"N\x98.")
P.loads(b"q\0.")
P.loads(b"Nq\0h\0.")
P.loads(b"p-1\n.")
P.loads(b"Np-1\n.")
P.loads(b"Np0\ng0\n.")
P.loads(b"Nr\0\0\0\0.")
P.loads(b"N\x94.")
P.loads(b"\x94.")
P.loads(b"2.")
P.loads(b"N2\x86.")
P.loads(b"N\x85.")
P.loads(b"NNN\x87.")
P.loads(b"\x87.")
P.loads(b"G\x3f\xf8\0\0\0\0\0\0.")
P.loads(b"\x8a\x02\xff\x00.")
P.loads(b"\x8a\x00.")
P.loads(b"J\xff\xff\xff\xff.")
P.loads(b"M\xff\xff.")
P.loads(b"U\x02ab.")
P.loads(b"U\x01\xff.")
P.loads(b"U\x01\xff.",encoding="latin1")
P.loads(b"U\x01\xff.",encoding="bytes")
P.loads(b"U\x01\xff.",errors="replace")
P.loads(b"B\x01\0\0\0a.")
P.loads(b"C\x01a.")
P.loads(b"\x8f(K\x01\x90.")
P.loads(b"(K\x01\x91.")
P.loads(b"N(\x90.")
P.loads(b"\x95\x04\0\0\0\0\0\0\0N.")
P.loads(b"\x95\xff\xff\xff\xff\xff\xff\xff\xffN.")
P.loads(b"(o.")
P.loads(b"(dS'a'\nK\x01s.")
P.loads(b"(K\x01K\x02d.")
P.loads(b"(K\x01d.")
P.loads(b"(K\x01l.")
P.loads(b"1.")
P.loads(b"(1.")
P.Unpickler()
P.Unpickler(5)
P.Unpickler(F(P.dumps([1]))).load()
P.Unpickler(FI(P.dumps([1]*10))).load()
P.Unpickler(F(b"")).load()
P.Unpickler(F(b""),encoding=5)
P.load(F(P.dumps(5)))
P.load(5)
P.Unpickler(F(b"")).find_class("os","path.join")
P.Unpickler(F(b"")).find_class("builtins","int.real")
P.Unpickler(F(b"")).find_class(5,6)
P.Unpickler(F(b"")).persistent_load
NU(F(b"Pabc\n.")).load()
NU(F(b"K\x05Q.")).load()
(lambda f:(NP(f,0).dump(42),f.b))(W())
(lambda f:(NP(f,2).dump([42]),f.b))(W())
P.PickleBuffer(5)
P.PickleBuffer(b"ab").release()
bytes(P.PickleBuffer(b"ab"))
P.dumps(P.PickleBuffer(b"ab"),5)
P.dumps(P.PickleBuffer(b"ab"),4)
P.dumps(P.PickleBuffer(bytearray(b"ab")),5)
P.dumps(P.PickleBuffer(b"ab"),5,buffer_callback=lambda b:None)
P.dumps(P.PickleBuffer(bytearray(b"ab")),5,buffer_callback=lambda b:None)
P.dumps(1,4,buffer_callback=print)
P.dumps(P.PickleBuffer(b"ab"),5,buffer_callback=lambda b:1)
P.PickleError.__mro__
P.Pickler(W()).clear_memo()
P.Pickler(W()).memo.copy()
P.Pickler(W()).memo.clear()
P.Pickler(W()).memo.__reduce__()
P.Unpickler(F(b"")).memo.copy()
setattr(P.Pickler(W()),"memo",5)
setattr(P.Pickler(W()),"memo",{1:(1,2)})
setattr(P.Pickler(W()),"memo",{1:5})
setattr(P.Unpickler(F(b"")),"memo",{1:2})
setattr(P.Unpickler(F(b"")),"memo",{"a":2})
setattr(P.Unpickler(F(b"")),"memo",5)
delattr(P.Pickler(W()),"memo")
hash(P.Pickler(W()).memo)
'''.split('\n')[1:-1]:
    show(text)

# A memo taken from a dict: numbers must be integers, and are not asked for.
class Index:
    def __index__(self):
        print('asked')
        return 1


for number in Index(), 'a', 1.5, True, 1 << 70, None:
    pickler = P.Pickler(W())
    try:
        pickler.memo = {1: (number, 'b')}
        print(list(pickler.memo.copy().values()))
    except Exception as error:
        print(type(error).__name__, error)

# Entries before a bad one are left in the memo; a good dict leaves an empty one.
unpickler = P.Unpickler(F(b''))
for memo in {1: 2, 3: 4}, {1: 2, 'a': 4}, {1: 5, 2: 7, -1: 4}, {1: 6, 1 << 70: 4}, 5, {5: 5}:
    try:
        unpickler.memo = memo
        print(unpickler.memo.copy())
    except Exception as error:
        print(type(error).__name__, error, unpickler.memo.copy())
