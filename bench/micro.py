"""Small loops of everyday code, one mechanism each: nanoseconds per step under krait and CPython, and their ratio.

    bench/micro.py KRAIT CPYTHON [--rounds N] [--below RATIO] [NAME...]
    bench/micro.py --once [STEPS]       runs every loop here, which is how a profile is trained
"""
import subprocess
import sys

SETUP = """
import collections, copy, dataclasses, datetime, enum, functools, heapq, io, itertools, json, math, operator, pickle
import random, re, string, struct, textwrap
class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y
    @property
    def norm(self):
        return self.x
    def move(self, dx, dy=0):
        self.x += dx
        return self
    @classmethod
    def origin(cls):
        return cls
    @staticmethod
    def unit(a):
        return a
    def __eq__(self, other):
        return self.x == other.x
    def __lt__(self, other):
        return self.x < other.x
    def __hash__(self):
        return 7
    def __add__(self, other):
        return self
    def __len__(self):
        return 3
    def __getitem__(self, i):
        return i
    def __contains__(self, i):
        return True
    def __call__(self, a):
        return a
    def __enter__(self):
        return self
    def __exit__(self, *exc):
        return False
    def __bool__(self):
        return True
    def __str__(self):
        return 'p'
class Child(Point):
    def __init__(self, x, y):
        super().__init__(x, y)
    def move(self, dx, dy=0):
        return super().move(dx, dy)
class Slotted:
    __slots__ = ('a', 'b')
    def __init__(self, a, b):
        self.a = a
        self.b = b
class Dynamic:
    def __getattr__(self, name):
        return 1
class Counting:
    def __init__(self): self.i = 0
    def __iter__(self): return self
    def __next__(self):
        self.i += 1
        if self.i > 10: raise StopIteration
        return self.i
class Empty: pass
@dataclasses.dataclass
class Data:
    a: int
    b: str = 'x'
class Colour(enum.Enum):
    RED = 1
    BLUE = 2
Pair = collections.namedtuple('Pair', 'left right')
def nothing(): pass
def two(a, b): return a
def defaults(a, b=1, c=2): return a
def keywords(**kw): return kw
def variadic(*args): return args
def kwonly(a, *, b=1): return a
def generate(n):
    for i in range(n): yield i
def delegate(n):
    yield from generate(n)
def adder(n):
    def add(x): return x + n
    return add
def failing(): raise ValueError('no')
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
async def coroutine(): return 1
async def awaiting(): return await coroutine()
def decorated(f):
    @functools.wraps(f)
    def inner(*args, **kwargs): return f(*args, **kwargs)
    return inner
@decorated
def wrapped(a): return a
@functools.lru_cache(None)
def cached(a): return a
plus5 = adder(5)
p = Point(1, 2); q = Point(1, 3); c = Child(1, 2); s = Slotted(1, 2); dyn = Dynamic(); pair = Pair(1, 2)
words = 'the quick brown fox jumps over the lazy dog'.split()
text = ' '.join(words) * 5
line = 'name=value; other=thing; last=one'
numbers = list(range(100)); floats = [i * 0.5 for i in range(100)]
shuffled = numbers[:]; random.Random(1).shuffle(shuffled)
records = [(i % 7, str(i)) for i in shuffled]
points = [Point(i, 0) for i in shuffled]
d = {w: i for i, w in enumerate(words)}; big = {i: i for i in range(1000)}
s1 = set(range(50)); s2 = set(range(25, 75)); dq = collections.deque(range(100), 100)
document = {'a': [1, 2.5, None, True, 'text'] * 5, 'b': {'c': 'd' * 20, 'e': list(range(10))}}
encoded = json.dumps(document); pickled = pickle.dumps(document)
data = bytes(range(256)); array = bytearray(data); view = memoryview(data)
now = datetime.datetime(2024, 2, 3, 4, 5, 6); day = datetime.timedelta(days=1)
pattern = re.compile(r'(\\w+)=(\\w+)'); packer = struct.Struct('<IHB')
matrix = [[i * j for j in range(10)] for i in range(10)]
a, b, x, y, n = 12345, 678, 1.5, 2.25, 10 ** 30
"""

LOOPS = {
    "str concat": "t = 'abc' + words[0] + 'def'",
    "str append": "t = ''\nfor w in words: t += w",
    "str join": "', '.join(words)",
    "str join generator": "', '.join(w for w in words)",
    "str format": "'{} is {:>5} {name}'.format(a, b, name='n')",
    "str percent": "'%s is %5d %.2f' % (words, a, x)",
    "f-string": "f'{a} is {b} {words[0]}'",
    "f-string specs": "f'{a:>8} {x:.2f} {b:05d} {words[0]!r}'",
    "str split": "line.split('; ')",
    "str split whitespace": "text.split()",
    "str replace": "text.replace('fox', 'cat')",
    "str find": "text.find('lazy')",
    "str in": "'lazy' in text",
    "str startswith": "text.startswith('the')\ntext.endswith(('a', 'dog'))",
    "str strip lower": "' Hello '.strip().lower()",
    "str upper title": "line.upper(); line.title()",
    "str iterate": "for ch in line: pass",
    "str index": "line[3]; line[-1]; line[5]",
    "str slice": "line[3:9]; line[:5]; line[-5:]",
    "str compare": "words[0] == words[6]; words[1] < words[2]",
    "str isdigit": "'12345'.isdigit(); 'abc'.isalpha()",
    "str partition": "line.partition('=')",
    "str encode decode": "text.encode('utf-8').decode('utf-8')",
    "str translate": "line.translate({61: 45, 59: None})",
    "str splitlines": "'a\\nb\\nc\\nd'.splitlines()",
    "str repr": "repr(words)",
    "str zfill rjust": "'42'.zfill(8); '42'.rjust(8)",
    "ord chr": "for ch in 'hello world': chr(ord(ch) + 1)",
    "str of int": "str(a); str(b)",
    "int of str": "int('12345'); int('ff', 16)",
    "str of float": "str(x); repr(0.1)",
    "float of str": "float('1.25'); float('3e10')",
    "list append pop": "l = []\nfor i in numbers: l.append(i)\nwhile l: l.pop()",
    "list index": "for i in range(50): numbers[i]",
    "list store": "l = shuffled\nfor i in range(50): l[i], l[i + 1] = l[i + 1], l[i]",
    "list slice": "numbers[10:20]; numbers[::2]; numbers[::-1]",
    "list slice store": "l = numbers[:]; l[10:20] = []; l[0:0] = [1, 2]",
    "list concat": "numbers + numbers; [0] * 50",
    "list literal": "[a, b, x]; (a, b, x); {a, b}; {a: b}",
    "list in": "50 in numbers",
    "list count index": "numbers.count(5); numbers.index(70)",
    "list insert remove": "l = [1, 2, 3]; l.insert(0, 4); l.remove(2); l.reverse()",
    "list extend": "l = []; l.extend(numbers); l.extend(range(10))",
    "list copy": "list(numbers); numbers.copy()",
    "list compare": "numbers == numbers[:]; numbers < shuffled",
    "list sort ints": "sorted(shuffled)",
    "list sort key": "sorted(points, key=lambda p: p.x)",
    "list sort itemgetter": "sorted(records, key=operator.itemgetter(0))",
    "list sort tuples": "sorted(records)",
    "list sort str": "sorted(words)",
    "list sort lt": "sorted(points[:20])",
    "list comprehension": "[i * 2 for i in numbers]",
    "list comprehension if": "[i for i in numbers if i % 3 == 0]",
    "nested comprehension": "[[row[i] for row in matrix] for i in range(10)]",
    "dict comprehension": "{i: i for i in numbers}",
    "set comprehension": "{i % 10 for i in numbers}",
    "generator expression": "sum(i for i in numbers)",
    "map filter": "list(map(str, numbers)); list(filter(None, numbers))",
    "map lambda": "list(map(lambda i: i + 1, numbers))",
    "zip": "for i, j in zip(numbers, floats): pass",
    "enumerate": "for i, j in enumerate(numbers): pass",
    "range loop": "for i in range(100): pass",
    "while loop": "i = 0\nwhile i < 100: i += 1",
    "reversed": "for i in reversed(numbers): pass",
    "sum min max": "sum(numbers); min(numbers); max(floats)",
    "min key": "min(words, key=len)",
    "any all": "any(numbers); all(numbers)",
    "unpacking": "i, j, *k = numbers; m, o = pair",
    "tuple swap": "i, j = a, b; j, i = i, j",
    "tuple hash": "hash((a, b, 'x'))",
    "tuple compare": "(1, 'a', 2) < (1, 'a', 3); (a, b) == (a, b)",
    "dict get set": "e = {}\nfor w in words: e[w] = 1\nfor w in words: e[w]",
    "dict get": "d.get('fox'); d.get('cat'); d.get('cat', 1)",
    "dict in": "'fox' in d; 'cat' in d",
    "dict items": "for k, v in d.items(): pass",
    "dict keys values": "for k in d: pass\nfor v in d.values(): pass",
    "dict setdefault": "e = {}\nfor w in words: e.setdefault(w, []).append(1)",
    "dict update": "e = dict(d); e.update(d); e |= d",
    "dict merge": "{**d, 'x': 1}",
    "dict int keys": "for i in range(0, 1000, 20): big[i]",
    "dict tuple keys": "e = {}\nfor i in range(10):\n  e[i, i] = i\n  e[i, i]",
    "dict pop del": "e = dict(d); e.pop('fox'); del e['dog']; e.popitem()",
    "dict kwargs": "dict(a=1, b=2, c=3)",
    "dict literal": "{'a': a, 'b': b, 'c': x}",
    "dict count": "e = {}\nfor ch in line: e[ch] = e.get(ch, 0) + 1",
    "defaultdict": "e = collections.defaultdict(list)\nfor w in words: e[len(w)].append(w)",
    "defaultdict int": "e = collections.defaultdict(int)\nfor ch in line: e[ch] += 1",
    "Counter": "collections.Counter(line).most_common(3)",
    "Counter of list": "collections.Counter(words)",
    "OrderedDict": "e = collections.OrderedDict()\nfor w in words: e[w] = 1\ne.move_to_end('fox')",
    "deque": "dq.append(1); dq.popleft(); dq.appendleft(2); dq.pop()",
    "deque iterate": "for i in dq: pass",
    "heapq": "h = []\nfor i in shuffled[:30]: heapq.heappush(h, i)\nwhile h: heapq.heappop(h)",
    "set add in": "e = set()\nfor i in numbers: e.add(i)\n5 in e; 500 in e",
    "set ops": "s1 & s2; s1 | s2; s1 - s2; s1 ^ s2",
    "set of list": "set(numbers); frozenset(words)",
    "set iterate": "for i in s1: pass",
    "set subset": "s1 <= s2; s1.isdisjoint(s2)",
    "int arithmetic": "(a + b) * 3 - a // b + a % b",
    "int bits": "(a & b) | (a << 3) ^ (b >> 1)",
    "int power": "a ** 3; pow(a, 5, 1000)",
    "int divmod": "divmod(a, b); abs(-a); round(a)",
    "int big": "n * n + n // 7 - n % 1000",
    "int compare": "a < b; a == b; a != 5; a >= 1",
    "float arithmetic": "(x + y) * 3.0 - x / y",
    "float mixed": "x * 2 + a / 3 - y ** 2",
    "float compare": "x < y; x == 1; x > a",
    "float round": "round(2.567, 2); int(x); float(a)",
    "math": "math.sqrt(2.0); math.sin(x); math.floor(x)",
    "complex": "(1 + 2j) * (3 - 1j)",
    "bool logic": "(a and b) or x; not a; a if b else x",
    "chained compare": "0 < a < 100000; a in (1, 2, 12345)",
    "is None": "a is None; b is not None",
    "isinstance chain": "for o in (1, 'a', 2.0, [], {}):\n  isinstance(o, str) or isinstance(o, (int, float)) or isinstance(o, dict)",
    "type is": "type(a) is int; type(p) is Point",
    "hasattr getattr": "hasattr(p, 'x'); hasattr(p, 'zz'); getattr(p, 'y', None)",
    "setattr": "setattr(p, 'y', 1); vars(p)",
    "callable len": "callable(nothing); len(words); len(d); len(line)",
    "attribute load": "p.x; p.y; p.x",
    "attribute store": "p.x = 1; p.y = 2",
    "attribute add": "p.x += 1; p.y -= 1",
    "slots": "s.a; s.b = 2; s.a",
    "property": "p.norm; p.norm",
    "__getattr__": "dyn.anything",
    "class attribute": "Point.origin; Colour.RED; string.digits",
    "instantiate": "Point(1, 2)",
    "instantiate empty": "Empty()",
    "instantiate slots": "Slotted(1, 2)",
    "instantiate super": "Child(1, 2)",
    "instantiate dataclass": "Data(1, 'y')",
    "dataclass eq repr": "Data(1) == Data(2); repr(Data(1))",
    "namedtuple": "Pair(1, 2); pair.left; pair._replace(left=3)",
    "enum": "Colour.RED is Colour.BLUE; Colour(2); Colour.RED.value; Colour['RED']",
    "method call": "p.move(1); p.move(1, 2)",
    "method super": "c.move(1)",
    "classmethod": "Point.origin(); p.origin()",
    "staticmethod": "Point.unit(1); p.unit(1)",
    "bound method": "f = p.move\nf(1)",
    "operators": "p == q; p < q; p + q; len(p); p[0]; 5 in p; p(1); bool(p)",
    "__str__": "str(p); f'{p}'",
    "call": "nothing(); two(1, 2)",
    "call keywords": "defaults(1, c=3); defaults(a=1, b=2)",
    "call **": "keywords(a=1, b=2); keywords(**d)",
    "call *": "variadic(1, 2, 3); variadic(*words); two(*pair)",
    "call kwonly": "kwonly(1, b=2)",
    "call decorated": "wrapped(1)",
    "lambda": "(lambda i: i)(1)",
    "closure": "plus5(1); adder(3)(4)",
    "partial": "functools.partial(two, 1)(2)",
    "lru_cache": "cached(1); cached(2)",
    "recursion": "fib(7)",
    "class statement": "class K:\n  i = 1\n  def f(self): pass",
    "try": "try: pass\nexcept ValueError: pass",
    "try raise": "try: failing()\nexcept ValueError as e: pass",
    "try KeyError": "try: d['cat']\nexcept KeyError: pass",
    "try AttributeError": "try: p.zz\nexcept AttributeError: pass",
    "try finally": "try: nothing()\nfinally: pass",
    "try raise from": "try:\n  try: failing()\n  except ValueError as e: raise TypeError('x') from e\nexcept TypeError: pass",
    "with": "with p: pass",
    "generator": "for i in generate(50): pass",
    "yield from": "for i in delegate(50): pass",
    "next": "g = iter(numbers); next(g); next(g, None)",
    "iterator class": "for i in Counting(): pass",
    "generator send": "g = generate(3); g.send(None); g.close()",
    "coroutine": "try: awaiting().send(None)\nexcept StopIteration: pass",
    "match": "match pair:\n  case (1, z): pass\n  case _: pass",
    "global": "global g1; g1 = 1; g1",
    "assert": "assert a, 'no'",
    "import": "import re; from os import path",
    "itertools chain": "list(itertools.chain(numbers, floats))",
    "itertools product": "for i in itertools.product(range(5), 'abc'): pass",
    "itertools groupby": "for k, g in itertools.groupby(words, len): list(g)",
    "itertools islice": "list(itertools.islice(itertools.count(), 20))",
    "itertools accumulate": "list(itertools.accumulate(numbers)); list(itertools.combinations(range(5), 2))",
    "reduce": "functools.reduce(operator.add, numbers)",
    "re match": "pattern.match(line).groups()",
    "re findall": "pattern.findall(line)",
    "re sub": "re.sub(r'\\s+', ' ', text)",
    "re split": "re.split(r'[;,] *', line)",
    "re search": "re.search('lazy', text)",
    "json dumps": "json.dumps(document)",
    "json loads": "json.loads(encoded)",
    "pickle dumps": "pickle.dumps(document)",
    "pickle loads": "pickle.loads(pickled)",
    "pickle objects": "pickle.loads(pickle.dumps(points[:10]))",
    "copy": "copy.copy(p); copy.deepcopy(document)",
    "struct": "packer.pack(1, 2, 3); struct.unpack('<IH', b'123456')",
    "bytes": "data[3]; data[2:9]; data + b'x'; data.find(b'z')",
    "bytes iterate": "for i in data: pass",
    "bytes join": "b','.join([b'a', b'b', b'c']); data.hex(); b'a,b'.split(b',')",
    "bytearray": "z = bytearray(); z.append(1); z += b'abc'; z[0] = 5; z.extend(b'xy')",
    "memoryview": "view[3]; view[2:9].tobytes()",
    "int bytes": "a.to_bytes(4, 'little'); int.from_bytes(b'abcd', 'big')",
    "datetime": "now + day; now.isoformat(); now - now",
    "datetime strftime": "now.strftime('%Y-%m-%d'); datetime.date(2024, 1, 2).weekday()",
    "datetime parse": "datetime.datetime.fromisoformat('2024-01-02T03:04:05')",
    "StringIO": "f = io.StringIO(); f.write('abc'); f.write(line); f.getvalue()",
    "StringIO lines": "for l in io.StringIO('a\\nb\\nc\\nd\\n'): pass",
    "random": "random.random(); random.randint(1, 6); random.choice(words)",
    "textwrap": "textwrap.wrap(text, 40)",
    "hash id": "hash('x'); id(p)",
    "print": "print(a, line, file=sink)",
    "sorted dict": "sorted(d.items(), key=lambda i: (-i[1], i[0]))",
    "matrix multiply": "[[sum(i * j for i, j in zip(row, column)) for column in zip(*matrix[:4])] for row in matrix[:4]]",
    "sieve": "f = [True] * 60\nfor i in range(2, 8):\n  if f[i]: f[i * i::i] = [False] * len(f[i * i::i])",
    "compile": "compile('a = b + c * 2', 'f', 'exec')",
    "eval": "eval('1 + 2')",
    "exec function": "exec('def f(a): return a')",
}

RUNNER = """
import sys, time
sink = io.StringIO()
def run(name, source, target):
    body = "\\n    ".join(source.split("\\n"))
    scope = dict(globals())
    exec(f"def loop(steps):\\n  for _ in range(steps):\\n    {body}", scope)
    loop, steps = scope["loop"], 10
    while True:
        start = time.process_time()
        loop(steps)
        took = time.process_time() - start
        if took > target: break
        steps *= 4
    best = took
    for _ in range(4):
        start = time.process_time()
        loop(steps)
        best = min(best, time.process_time() - start)
    print(f"{name}\\t{best / steps * 1e9:.1f}", flush=True)
for name, source in LOOPS.items():
    run(name, source, 0.02)
"""


def measure(interpreter, loops):
    program = SETUP + f"\nLOOPS = {loops!r}\n" + RUNNER
    output = subprocess.run([interpreter, "-E", "-S", "-c", program], stdout=subprocess.PIPE, text=True, check=True).stdout
    return {name: float(ns) for name, ns in (line.split("\t") for line in output.splitlines())}


def compare(krait, cpython, arguments):
    options = {"--rounds": "1", "--below": "99"}
    while arguments and arguments[0] in options:
        options[arguments[0]] = arguments[1]
        del arguments[:2]
    loops = {name: LOOPS[name] for name in arguments or LOOPS}
    best = [{}, {}]
    for _ in range(int(options["--rounds"])):
        for times, interpreter in zip(best, (krait, cpython)):
            for name, ns in measure(interpreter, loops).items():
                times[name] = min(ns, times.get(name, ns))
    product = 1.0
    for name in sorted(loops, key=lambda name: best[1][name] / best[0][name]):
        ratio = best[1][name] / best[0][name]
        product *= ratio ** (1 / len(loops))
        if ratio < float(options["--below"]):
            print(f"{name:24} {best[0][name]:10.1f} {best[1][name]:10.1f}  {ratio:.2f}x")
    print(f"geometric mean of {len(loops)}: {product:.2f}x")


def once(steps):
    scope = globals()  # classes must be found in __main__ to be pickled
    exec(SETUP + "\nsink = io.StringIO()", scope)
    for source in LOOPS.values():
        body = "\n    ".join(source.split("\n"))
        exec(f"def loop(steps):\n  for _ in range(steps):\n    {body}", scope)
        scope["loop"](steps)


if sys.argv[1] == "--once":
    once(int(sys.argv[2]) if len(sys.argv) > 2 else 100)
else:
    compare(sys.argv[1], sys.argv[2], sys.argv[3:])
