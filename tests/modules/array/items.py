# array: items, slices, pickling, errors.
from array import array
import array as A,sys


def show(text):
    try:
        print(text, '->', ascii(eval(text)))
    except BaseException as error:
        print(text, '->', type(error).__name__, ascii(str(error)))


a=array('i',[1,2,3])
class S(array): pass

for text in r'''
array()
array(1)
array("ii")
array("x")
array("i","abc")
array("i",b"abcd")
array("i",b"abc")
array("u","héé")
array("u",array("u","ab"))
array("i",array("u","ab"))
array("u",[1])
array("u",["ab"])
array("b",[128])
array("b",[-129])
array("B",[256])
array("B",[-1])
array("h",[32768])
array("h",[-32769])
array("H",[65536])
array("H",[-1])
array("i",[1<<31])
array("i",[1<<63])
array("I",[1<<32])
array("I",[-1])
array("I",[1<<64])
array("l",[1<<63])
array("L",[1<<64])
array("L",[-1])
array("q",[1<<63])
array("Q",[1<<64])
array("Q",[-1])
array("f",["a"])
array("d",[None])
array("i",[1.5])
array("Q",[1.5])
array("B",["a"])
array("f",[1e300])
a
array("i")
array("u","abc")
array("u")
array("d",[1.5])
a+a
a+[1]
a*2
2*a
a*-1
a[0]
a[-1]
a[5]
a["a"]
a[1:]
a[::-1]
a[::2]
a.__setitem__(5,1)
a.__setitem__(0,"a")
a.__setitem__(slice(0,1),[1])
a.__setitem__(slice(0,3,2),array("i",[1]))
a.__setitem__(slice(0,1),array("b",[1]))
a.__delitem__(5)
a.append("x")
a.extend([1,"x"])
a
a.extend(array("b",[1]))
a.extend(5)
a.pop(10)
array("i").pop()
a.index(9)
a.index(2)
a.index(2,2)
a.remove(9)
a.count(1)
a.insert(100,9)
a
a.insert(-100,8)
a
a.fromlist(5)
a.fromlist(["a"])
a.frombytes(b"abc")
a.frombytes("abc")
a.frombytes(b"")
a.tobytes()
a.tolist()
a.tounicode()
array("u","ab").tounicode()
a.fromunicode("a")
a.byteswap()
a
a.buffer_info()[1]
a.typecode
a.itemsize
a.__reduce_ex__(2)
a.__reduce_ex__(3)
array("u","ab").__reduce_ex__(3)
a.__reduce_ex__("a")
a==a
a==array("d",[1.0])
array("i",[1])==array("d",[1.0])
array("i",[1])<array("i",[1,2])
array("i",[1])<[1]
array("i",[1]) in a
8 in a
a.__sizeof__()
array("i").__sizeof__()
iter(a).__reduce__()
a.__copy__()
a.__deepcopy__({})
S("i",[1])
S("i",[1])+S("i",[2])
type(S("i",[1])*2)
A._array_reconstructor(array,"i",8,b"\1\0\0\0")
A._array_reconstructor(array,"i",22,b"")
A._array_reconstructor(array,"i",-1,b"")
A._array_reconstructor(array,"x",0,b"")
A._array_reconstructor(int,"i",0,b"")
A._array_reconstructor(array,"i",8,"")
A._array_reconstructor(array,"i",8,b"abc")
A._array_reconstructor(array,"h",9,b"\0\0\0\1")
A._array_reconstructor(array,"u",18,b"a\0")
A._array_reconstructor(array,"d",14,b"\0\0\x80\x3f")
array(typecode="i")
S(typecode="i")
array("i",[1],2)
array("i",memoryview(b"abcd"))
array("i",(1,2))
array("i",iter([1,2]))
array("i",range(3))
memoryview(a)[0]
memoryview(a).append
a.fromfile(5,1)
a.__class_getitem__(int)
hash(a)
a.reverse()
a
array("i",None)
array("b",b"ab")
array("u","a\U0001f600")
array("B",bytearray(b"ab"))
array("w")
'''.split('\n')[1:-1]:
    show(text)
