# int, float and complex: constructors, operators, rounding, text.



def show(text):
    try:
        print(text, '->', ascii(eval(text)))
    except BaseException as error:
        print(text, '->', type(error).__name__, ascii(str(error)))




for text in r'''
int(1,2,3)
int(1,2,3,base=3)
int(foo=1)
int(x=1)
0/-5
float(1,2)
float(x=1)
float("")
float("1_0")
float("1__0")
float("x"*300)
float(b"1x")
float([])
float(" １.５ ")
float("nan")
float(10**400)
complex("1+2j")
complex("(1+2j)")
complex("1+2")
complex(" 1j ")
complex("1_0j")
complex("j")
complex("+j")
complex("1e400j")
complex("infj")
complex(1,"2")
complex("1",2)
complex([])
complex(1,[])
complex(1j,2j)
complex(real=1,imag=2)
complex(b"1")
complex("")
complex("1 + 2j")
complex("1+2j ")
complex("( 1j )")
complex("(1j")
1j//2
1j%2
divmod(1j,2)
1j<2
1j/0
0j**-1
0j**1j
pow(1j,2,3)
(1+2j)**2
(1+2j)**100
(1+2j)**101
(1+2j)**-3
1j**0
(1e300+1j)**2
abs(1e308+1e308j)
hash(1j)
hash(1+2j)
1j==1j
1j==1
(1+0j)==1
1j.__eq__("")
repr(1j)
repr(-0j)
repr(complex(-0.0,1))
repr(complex(1,float("nan")))
str(1e16j)
bool(0j)
complex.__getnewargs__(1j)
1j.__complex__()
complex.__new__(int)
1.5//0
1.5%0
divmod(1.5,0)
1.5/0
0.0**-1
(-8.0)**0.5
10.0**400
1e308*10
float("inf")//1
5.0//float("inf")
-5.0%float("inf")
divmod(-5.5,2)
-0.0//1
5%-0.0
1.5.hex()
float.fromhex("0x1p5000")
float.fromhex("zz")
float.fromhex(1)
float.fromhex(" 0x1.8p1 ")
(1.5).as_integer_ratio()
float("nan").as_integer_ratio()
float("inf").as_integer_ratio()
round(2.5)
round(1e300,-300)
round(1.25,1)
round(2.675,2)
round(1e308,-308)
round(1.7e308,-308)
round(float("nan"))
round(float("inf"))
round(float("nan"),1)
round(1.5,400)
round(1.5,-400)
round(1.5,"a")
round(1.5,None)
(1.5).__trunc__()
(1.5).__floor__()
(-1.5).__ceil__()
float("inf").__floor__()
float.__getformat__("double")
float.__getformat__("x")
float.__getformat__(1)
float.__setformat__("double","unknown")
float.__setformat__("double","IEEE, big-endian")
float.__setformat__("double","x")
float.__setformat__("x","unknown")
hash(float("inf"))
hash(0.5)
1.5.__pow__(2,3)
1.5.__round__()
1.5==3/2
2**53==float(2**53)
2**53+1==float(2**53)
10**400>1e308
10**400<float("inf")
1.5<"a"
1.5.__lt__("")
1.5.is_integer()
1.5.conjugate()
float.__new__(int)
float.__new__(3)
float.__new__(float,"1")
1.5.__getnewargs__()
1.5.real
1.5.imag
type(True+0.5)
1.5 .__int__()
1.5 .__divmod__(2)
1.5.__rpow__(2)
1.5.__rdivmod__(7)
1.0.__float__()
float.__float__(True)
bool.__new__(int)
1.5.__format__(1)
sum([0.1]*10)
True/2
True<<2
complex(1.5).conjugate()
(3+4j).__abs__()
-(3+0j)
+(3j)
1j-1
1-1j
1j*1
2/1j
1j/(1e-320+0j)
complex(10**400)
complex(1,10**400)
1j+10**400
1.5+10**400
10**400*1.5
10**400/1.5
divmod(10**400,1.5)
'''.split('\n')[1:-1]:
    show(text)

for text in ('1_', '_1', '1__0', '1_0', '-_', '1_0j', 'x', '1_x', '\x001_', '1_\x00'):
    try:
        print(complex(text))
    except ValueError as error:
        print(error)

for text in ('f' * 300 + 'x', '1x', '1p5000x', '1p', 'f' * 300 + 'p', '0x'):
    try:
        print(float.fromhex(text))
    except (ValueError, OverflowError) as error:
        print(error)
# Where a text stops to be looked at decides between the two errors of complex().
for text in "1\ud800__", "\ud800_", "1_\ud800", "91_0\0", "9__1\0", "1\0_", "1\0", "1_0", "_1", "\u0661_\u0662", "\u0661__\u0662":
    try:
        print(ascii(text), complex(text))
    except ValueError as error:
        print(ascii(text), ascii(str(error)))
