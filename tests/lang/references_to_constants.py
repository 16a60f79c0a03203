# Who holds a constant: its code object, and the syntax tree while a program or a string runs.
import sys

text = 'two words'
print(sys.getrefcount(text), sys.getrefcount(3000), sys.getrefcount(1.5), sys.getrefcount('zzyyxx'))
for value in ('an item', 1001, 2.5, b'bytes', (1, 3001), 'con' 'catenated text', -1002, 3 + 3003):
    print(value, sys.getrefcount(value))
print(sys.getrefcount(frozenset([1])), sys.getrefcount([4000, 4001, 4002]))
exec("print(sys.getrefcount('a b'), sys.getrefcount(3000.5)); kept = 'c d'; print(sys.getrefcount(kept))")
print(sys.getrefcount(kept), eval("sys.getrefcount('e f'), sys.getrefcount('e f')"))
compiled = compile("print(sys.getrefcount('g h'), sys.getrefcount(4000.5))", 'compiled', 'exec')
exec(compiled)


def function(default='a default'):
    """A docstring."""
    return default, 'a result', f'{text} literal', '%s formatted' % text, text in {6000, 6001}, text in [5000, 5001]


function()
print(sys.getrefcount(function.__doc__), sys.getrefcount(function.__defaults__[0]))
for value in function.__code__.co_consts:
    if value is not None:
        print(value, sys.getrefcount(value))


class Annotated:
    attribute: 'an annotation' = 5


print(sys.getrefcount(Annotated.__annotations__['attribute']))
match text:
    case 'a pattern' | 7000 | -7001:
        pass
    case {'a key': 7002}:
        pass
for value in sys._getframe().f_code.co_consts:
    if value in ('a pattern', 7000, -7001, 'a key', 7002, ('a key',)):
        print(value, sys.getrefcount(value))
