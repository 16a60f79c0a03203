# struct: formats, packing, unpacking, errors.
import struct,sys


def show(text):
    try:
        print(text, '->', ascii(eval(text)))
    except BaseException as error:
        print(text, '->', type(error).__name__, ascii(str(error)))


class I:
    def __index__(s): return 5
class F:
    def __float__(s): return 5.0
for o in '@<>':
  for c in 'cbB?hHiIlLqQnNefdspP':
    for v in ('"a"','b"a"','b"ab"','1.5','-1','1<<7','1<<15','1<<16','1<<31','1<<32','1<<63','1<<64','-(1<<63)-1','1e40','I()','F()'):
        s='struct.pack(%r,%s)'%(o+c,v)
        show(s)

for text in r'''
struct.pack("3")
struct.pack("y",1)
struct.pack("i")
struct.pack()
struct.pack(1)
struct.pack(b"i",1)
struct.pack("i",1,2)
struct.pack("2s",b"abc")
struct.pack("p",b"abc")
struct.pack("3p",b"abc")
struct.pack("0p",b"abc")
struct.pack("300p",b"x"*299)[0]
struct.calcsize("bi")
struct.calcsize("=bi")
struct.calcsize("i0q")
struct.calcsize("99999999999999999999i")
struct.calcsize("9223372036854775807i")
struct.calcsize("9223372036854775807s1s")
struct.calcsize("n")
struct.calcsize("=n")
struct.calcsize("P")
struct.calcsize("<P")
struct.calcsize(" i i ")
struct.calcsize("3 i")
struct.calcsize("i\0")
struct.calcsize("é")
struct.calcsize(b"\xff")
struct.unpack("i",b"abc")
struct.unpack("i",5)
struct.unpack("2?",b"\x02\x00")
struct.unpack_from("i",b"abc")
struct.unpack_from("i",b"abcdefgh",5)
struct.unpack_from("i",b"abcdefgh",-5)
struct.unpack_from("i",b"abcdefgh",-9)
struct.unpack_from("i",b"abcdefgh",-2)
struct.unpack_from("i",b"abcdefgh",9)
struct.pack_into("i",bytearray(2),0,1)
struct.pack_into("i",b"abcd",0,1)
struct.pack_into("i",bytearray(8),-2,1)
struct.pack_into("i",bytearray(8),-9,1)
struct.pack_into("i",bytearray(8),6,1)
struct.pack_into("i",bytearray(8))
struct.pack_into("i",bytearray(8),"a",1)
struct.pack_into("i")
struct.pack_into("i",bytearray(8),0)
struct.iter_unpack("i",b"abc")
struct.iter_unpack("",b"")
list(struct.iter_unpack("h",b"abcd"))
struct.iter_unpack("h",b"abcd").__length_hint__()
type(struct.iter_unpack("h",b"abcd"))
struct.Struct("i").format
struct.Struct("i").size
struct.Struct("i").__sizeof__()
struct.Struct()
struct.Struct(5)
struct.Struct("3i2h").__sizeof__()
struct.Struct(b"i").format
struct.Struct("i").pack()
struct.Struct("i").pack(1,2)
struct.Struct("i").pack_into(bytearray(4))
struct.Struct("i").pack_into()
struct.Struct("i").unpack_from(buffer=b"abcd",offset=0)
struct.Struct("i").unpack_from()
struct.unpack_from("i")
struct.pack("<e",65520)
struct.pack("<f",1e39)
struct.pack("f",1e39)
struct.pack("e",1e6)
struct.pack(">d",1.5)
struct.unpack("<e",b"\x00\x3c")
struct.pack("xi",1)
struct.pack("xhxi",1,2)
struct.unpack("xhxi",struct.pack("xhxi",1,2))
struct.pack("P",-1)
struct.pack("c","a")
struct.Struct.__new__(struct.Struct).pack()
struct.Struct.__new__(struct.Struct).size
dir(struct.Struct)
struct._clearcache()
struct.Struct("i").__init__()
struct.pack("ii",*[1])
struct.pack(memoryview(b"i"),1)
struct.pack(bytearray(b"i"),1)
'''.split('\n')[1:-1]:
    show(text)

import struct

for form in ('0p', '0s', '1p'):
    try:
        print(form, struct.unpack(form, bytes(struct.calcsize(form))), struct.pack(form, b'abc'))
    except SystemError as error:
        print(form, error)
