# Members of numeric types: what is stored, warned about or refused (structmember.h).
import warnings, _testcapi
warnings.simplefilter('always')
class I:
    def __init__(s,v): s.v=v
    def __index__(s): return s.v
class F:
    def __index__(s): raise ZeroDivisionError
o=_testcapi._test_structmembersType(1,10,11,12,13,14,15,16,17,18,9.99,10.1,'hi')
for n in dir(o):
    if not n.startswith('T_'): continue
    for v in (0,-1,2**7,2**8,2**15,2**16,2**31,2**32,2**63-1,2**63,2**64-1,2**64,2**70,-2**7-1,-2**31-1,-2**63,-2**63-1,-2**70,1.5,'x','xy',None,True,I(5),I(-1),I(2**64),I(-2**64),F()):
        with warnings.catch_warnings(record=True) as w:
            warnings.simplefilter('always')
            try: setattr(o,n,v); r=getattr(o,n)
            except BaseException as e: r=(type(e).__name__,str(e))
        print(n, v if not hasattr(v,'__dict__') else getattr(v,'v','F'), r, [str(x.message) for x in w])
    try: delattr(o,n)
    except BaseException as e: print(n,type(e),e)
