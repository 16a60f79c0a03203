# When temporaries, operands, arguments, locals and contents of containers are finalized.
import sys
class D:
    def __init__(s,n): s.n=n
    def __del__(s): print('del',s.n)
    def __add__(s,o): print('add',s.n); return D(s.n+'+')
    __radd__=__add__
    def __iadd__(s,o): print('iadd'); return D(s.n+'=')
    def __eq__(s,o): print('eq'); return D('eq')
    __hash__=object.__hash__
    def __bool__(s): print('bool',s.n); return True
    def __call__(s,*a,**k): print('call',s.n); return D(s.n+'()')
    def __getitem__(s,i): print('getitem',s.n); return D(s.n+'[]')
    def __setitem__(s,i,v): print('setitem',s.n)
    def __enter__(s): print('enter',s.n); return D('entered')
    def __exit__(s,*a): print('exit',s.n)
    def __iter__(s): print('iter'); return iter([D('i1'),D('i2')])
    def __len__(s): print('len'); return 2
    def __contains__(s,x): print('contains'); return D('c')
    def __index__(s): print('index'); return 1
    def m(s): print('m',s.n); return D('m')
    def __lt__(s,o): print('lt'); return D('lt')
    def __format__(s,f): print('format'); return 'f'
    def __repr__(s): print('repr'); return 'R'
def t(name):
    def deco(f):
        print('=====',name or f.__name__)
        try: r=f()
        except BaseException as e: print('EXC',type(e).__name__,e.args if not isinstance(e,UnboundLocalError) else ''); r=None; del e
        print('returned')
        del r
    return deco
@t('')
def locals_order(): a=D('a'); c=D('c'); b=D('b'); return 1
@t('')
def ret(): a=D('a'); return a
@t('')
def tmp(): D('x')+D('y'); print('after')
@t('')
def chain(): return D('a')(D('b'))[D('c')].m()
@t('')
def cmp(): return D('a') < D('b') < D('c')
@t('')
def boolop(): return D('a') and D('b') or D('c')
@t('')
def setit(): D('a')[D('i')] = D('v'); print('after')
@t('')
def aug():
    a=D('a'); a+=D('b'); print('after'); a[D('i')]+=D('v'); print('after2')
@t('')
def unpack():
    a,b=D('u'); print('un'); c,*d=D('w'); print('un2')
@t('')
def swap():
    a,b=D('a'),D('b'); a,b=b,a; a=None; print('x'); b=None; print('y')
@t('')
def loop():
    for x in D('it'): print('body')
    print('end loop')
@t('')
def comp(): r=[x.n for x in D('it')]; print('c'); s={x.n:x for x in D('it2')}; print('d'); return 5
@t('')
def gen():
    g=(x for x in D('g')); print('made'); next(g); print('n1'); del g; print('deleted')
@t('')
def gen2():
    def g():
        a=D('ga')
        try: yield D('y1'); yield 2
        finally: print('fin')
    x=g(); next(x); print('n'); next(x); print('n2'); x.close(); print('closed')
@t('')
def withs():
    with D('a') as x, D('b'): print('in')
    print('out')
@t('')
def withexc():
    with D('a') as x: raise ValueError(D('v'))
@t('')
def exc():
    a=D('a')
    try: raise ValueError(D('v'))
    except ValueError as e: b=D('b'); print('h')
    print('after')
@t('')
def excnested():
    try:
        try: raise KeyError(D('k'))
        finally: x=D('fin'); print('f')
    except KeyError: print('caught')
    print('e')
@t('')
def propagate():
    def f(): z=D('z'); g()
    def g(): y=D('y'); 1/0
    try: f()
    except ZeroDivisionError: print('caught')
    print('after')
@t('')
def callargs():
    def f(a,b,*c,**d): del a; print('in'); c=None; print('in2'); d=None; print('in3')
    f(D('a'),D('b'),D('c'),x=D('d')); print('out')
@t('')
def callargs2():
    def f(a): del a; print('in')
    f(D('a')); print('out'); f(a=D('k')); print('out2')
@t('')
def closures():
    x=D('x')
    def f(): return x
    del x; print('a'); 
    try: f()
    except NameError: print('ne')
@t('')
def classes():
    class C: a=D('attr'); b=D('battr')
    del C; print('x'); import gc; gc.collect(); print('y')
@t('')
def inst():
    class C: pass
    c=C(); c.z=D('z'); c.a=D('a'); c.m=D('m'); del c; print('x')
@t('')
def slots():
    class C: __slots__=('z','a','m')
    c=C(); c.z=D('z'); c.a=D('a'); c.m=D('m'); del c; print('x')
@t('')
def containers():
    l=[D('1'),D('2'),D('3')]; del l; print('l'); t=(D('1'),D('2')); del t; print('t'); d={1:D('1'),2:D('2')}; del d; print('d'); l=[D('a'),D('b'),D('c'),D('d')]; del l[1:3]; print('s'); l[:]=[D('n')]; print('s2'); l.clear(); print('cl'); d={1:D('x')}; d[1]=D('y'); print('r'); d.update({1:D('z')}); print('u'); d.pop(1); print('p'); d={D('k'):D('v')}; d.clear(); print('dc')
@t('')
def fstr(): print(f'{D("a")}{D("b")!r}'); return '%s %r'%(D('c'),D('d'))
@t('')
def match():
    match D('subj'):
        case D(n='zzz'): pass
        case D(n=x): print('m')
    print('out')
@t('')
def match2():
    match [D('a'),D('b')]:
        case [x,y,z]: pass
        case [x,*r]: print('m')
    print('out')
@t('')
def walrus(): 
    if (y:=D('w')).n: print('x')
    y=D('new'); print('z')
@t('')
def ternary(): return D('a') if D('c') else D('b')
@t('')
def lam(): (lambda x=D('default'): 1)(); print('e'); (lambda a: a)(D('q')); print('f')
@t('')
def assertion(): assert D('a').n=='b', D('msg')
@t('')
def raisefrom(): raise ValueError(1) from KeyError(D('c'))
@t('')
def multi(): a=b=D('m'); a=1; print('a'); b=1; print('b')
@t('')
def chainassign(): d={}; d[D('i')]=x=D('v'); print('done')
@t('')
def delitem(): l=[D('a')]; del l[0]; print('x')
@t('')
def starcall():
    def f(*a): print(len(a))
    f(*[D('a')],*(D('b'),)); print('o')
@t('')
def dictdisp(): {**{1:D('a')}, 1:D('b')}; print('o'); {D('k'):1, **{}}; print('p')
@t('')
def inop(): D('a') in D('b'); print('x'); D('a') is D('b'); print('y'); not D('z'); print('w')
@t('')
def slicing(): D('a')[D('x'):D('y'):D('z')]; print('o'); [1,2,3][D('i'):]; print('p')
@t('')
def sortkey(): sorted([3,1],key=lambda x:D(str(x))); print('o')
@t('')
def prop():
    class C:
        @property
        def p(s): return D('p')
    C().p; print('o')
@t('')
def genret():
    def g():
        x=D('x'); yield 1; return D('r')
    it=g(); next(it)
    try: next(it)
    except StopIteration as e: print('si'); del e
    print('o')
@t('')
def yieldfrom():
    def g(): 
        a=D('in'); yield 1
    def h():
        b=D('out'); yield from g(); print('h')
    for x in h(): print('body')
    x=h(); next(x); del x; print('o')
@t('')
def asyncs():
    async def c(): a=D('ca'); return D('cr')
    async def d(): b=D('da'); x=await c(); print('aw'); return 1
    k=d()
    try: k.send(None)
    except StopIteration: pass
    print('o')
@t('')
def import_(): 
    import types; m=types.ModuleType('x'); m.b=D('b'); m.a=D('a'); m._c=D('_c'); del m; print('o')
@t('')
def execs(): 
    g={}; exec('x=D("x"); y=D("y"); x=5; print("in")',{'D':D,'print':print}); print('o')
@t('')
def recursion():
    def f(n): a=D(str(n)); return f(n-1) if n else 1
    f(3)
@t('')
def partials():
    import functools; p=functools.partial(lambda a,b:1,D('a')); p(D('b')); print('x'); del p; print('o')
@t('')
def mapz(): list(map(lambda a:1,[D('a'),D('b')])); print('x'); list(zip([D('z')],[D('y')])); print('o')
@t('')
def method_del():
    class C:
        def f(s): print('in f')
        def __del__(s): print('C del')
    C().f(); print('o'); C.f(C()); print('p')
@t('')
def yieldtmp():
    def g(): print(D('before'), (yield), D('after'))
    x=g(); next(x); del x; print('o')
@t('')
def argerr():
    def f(a): pass
    f(D('a'),D('b'))
@t('')
def argerr2(): len(D('a'),D('b'))
@t('')
def callnon(): 5(D('a'))
@t('')
def attrerr(): D('a').zzz(D('b'))
@t('')
def nameerr(): D('a')+zzz+D('c')
@t('')
def raisecls():
    class E(Exception):
        def __init__(s,*a): s.d=D('e'); Exception.__init__(s,*a)
    try: raise E
    except E: print('c')
    print('o')
@t('')
def excgroup():
    try: raise ExceptionGroup('a',[ValueError(D('v')),KeyError(D('k'))])
    except* ValueError as e: print('v')
    except* KeyError: print('k')
    print('o')
@t('')
def whileelse():
    x=D('x')
    while x: x=None
    else: print('e')
@t('')
def ctx():
    import contextlib
    @contextlib.contextmanager
    def c(): a=D('c'); yield D('y'); print('end')
    with c(): print('b')
    print('o')
