"""Chains 100,000 long of every kind of object are freed, and nested sources compiled, in a thread with a small stack and a
recursion limit beyond it. CPython crashes on most of this: the expected output is kept by hand."""
import ast
import functools
import io
import itertools
import json
import marshal
import sys
import threading
import types
import typing

N = 100000


def gen(x):
    yield x


async def coro(x):
    return x


class Slots:
    __slots__ = ('a',)


def slots(x):
    y = Slots()
    y.a = x
    return y


def attribute(x):
    def f():
        pass

    f.a = x
    return f


CHAINS = {
    'slice': lambda x: slice(None, x), 'classmethod': classmethod, 'staticmethod': staticmethod, 'property': property,
    'generator': gen, 'cell': types.CellType, 'function': attribute, 'default': lambda x: lambda a=x: a, 'slots': slots,
    'method': lambda x: types.MethodType(print, x or 1), 'chain': lambda x: itertools.chain(x or []), 'map': lambda x: map(int, x or []),
    'product': lambda x: itertools.product([x]), 'permutations': lambda x: itertools.permutations([x]),
    'combinations': lambda x: itertools.combinations([x], 1),
    'partial': lambda x: functools.partial(x or int), 'decoder': lambda x: io.IncrementalNewlineDecoder(x, True),
    'alias': lambda x: list[x], 'class': lambda x: type('a', (), {'a': x}), 'code': lambda x: gen.__code__.replace(co_consts=(x,)),
}


def freed():
    for name, link in CHAINS.items():
        x = None
        for _ in range(N if name not in ('class', 'alias') else 3000):
            x = link(x)
        del x
        print(name, 'freed')


def coroutines():
    x = None
    for _ in range(N):
        x = coro(x)
    while x is not None:  # the warnings about those never awaited need a stack of their own
        x, y = x.cr_frame.f_locals['x'], x
        y.close()


def t(name, f):
    try:
        f()
        print(name, 'ok')
    except (RecursionError, MemoryError, ValueError) as error:
        print(name, type(error).__name__)


class Endless:
    def __repr__(self):
        return repr(self)

    def __eq__(self, other):
        return self == other


def nested_json():
    items, keys = [], {}
    for _ in range(N):
        items, keys = [items], {'a': keys}
    t('json list', lambda: json.dumps(items))
    t('json dict', lambda: json.dumps(keys))
    t('json text', lambda: json.loads('[' * N + ']' * N))
    t('json object', lambda: json.loads('{"a":' * N + '1' + '}' * N))
    t('json key', lambda: json.loads('{"a":' * 200 + '1' + '}' * 200))


def chain(link):
    x = None
    for _ in range(N):
        x = link(x)
    return x


def passed_on():
    method = chain(lambda x: types.MethodType(x or print, 1))
    t('method attribute', lambda: method.missing)
    t('method hash', lambda: hash(method))
    proxy = chain(lambda x: types.MappingProxyType({} if x is None else x))
    t('proxy', lambda: len(proxy))
    t('proxy item', lambda: 1 in proxy)
    t('proxy iter', lambda: iter(proxy))
    t('proxy or', lambda: proxy | proxy)
    t('abstract', lambda: chain(staticmethod).__isabstractmethod__)
    t('abstract property', lambda: chain(property).__isabstractmethod__)
    t('bound', lambda: chain(classmethod).__get__(1, int))
    code = gen.__code__
    t('code', lambda: chain(lambda x: code.replace(co_consts=(x,))) == chain(lambda x: code.replace(co_consts=(x,))))
    t('code hash', lambda: hash(chain(lambda x: code.replace(co_consts=(x,)))))
    t('marshal', lambda: marshal.dumps(chain(lambda x: [x])))


def nested():
    t('compile', lambda: exec('print(1 + 2 * (3 + 4))'))
    t('not', lambda: eval('not ' * N + '1'))
    t('lambda', lambda: eval('lambda:' * N + '1'))
    t('paren', lambda: ast.parse("f'{" + 'not ' * N + "1}'"))
    t('if', lambda: compile('if a: pass\n' + 'elif a: pass\n' * N, 's', 'exec'))
    t('repr', lambda: repr(Endless()))
    t('eq', lambda: Endless() == Endless())
    alias = list[typing.TypeVar('T')]
    for _ in range(N):
        alias = list[alias]
    t('parameters', lambda: alias.__parameters__)
    tree = ast.Name('x', ast.Load(), lineno=1, col_offset=0)
    for _ in range(N):
        tree = ast.UnaryOp(ast.Not(), tree, lineno=1, col_offset=0)
    t('tree', lambda: compile(ast.Expression(tree), 's', 'eval'))


def run(f, size):
    threading.stack_size(size)
    thread = threading.Thread(target=f)
    thread.start()
    thread.join()


run(freed, 256 * 1024)
run(coroutines, 256 * 1024)
run(passed_on, 32768)
run(nested, 32768)
run(nested_json, 32768)
sys.setrecursionlimit(10 ** 9)
run(nested_json, 32768)
run(nested_json, 256 * 1024)
run(nested, 32768)
run(nested, 0)
print('end')
