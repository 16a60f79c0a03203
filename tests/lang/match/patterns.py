# Pattern matching.
from dataclasses import dataclass
@dataclass
class P: x: int; y: int
def m(v):
    match v:
        case 0: return 'zero'
        case 'a' | 'b': return 'ab'
        case [1, 2, *rest]: return rest
        case [x, y]: return 'pair', x, y
        case {'k': k, **rest}: return k, rest
        case P(x=0, y=yy): return 'P0', yy
        case P(a, b): return 'P', a, b
        case int(n) if n > 10: return 'big', n
        case str(): return 'str'
        case None: return 'none'
        case _: return 'other'
for v in (0, 'a', [1, 2, 3], (5, 6), {'k': 1, 'z': 2}, P(0, 3), P(1, 2), 50, 'zz', None, 3.5): print(m(v))
class Q: __match_args__ = 1
for bad in ('case Q(1): pass', 'case int(1, 2): pass', 'case P(1, x=2): pass', "case {'a': 1, **r}: pass", 'case 1(): pass'):
    try: exec('match P(1, 2):\n ' + bad)
    except (TypeError, SyntaxError) as e: print(type(e).__name__, e)
