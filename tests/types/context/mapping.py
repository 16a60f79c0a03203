# The persistent mapping below contexts: order, sharing, equal hashes, errors of keys, iterators.
import contextvars
import gc
import random
import sys


class Key:
    failing = None

    def __init__(self, number, label=''):
        self.number, self.label = number, label

    def __hash__(self):
        if Key.failing == 'hash':
            raise ZeroDivisionError('hash')
        return self.number

    def __eq__(self, other):
        if Key.failing == 'eq':
            raise ZeroDivisionError('eq')
        return (self.number, self.label) == (other.number, other.label)

    def __repr__(self):
        return f'{self.number:x}{self.label}'


empty = [x for x in gc.get_referents(contextvars.Context()) if type(x).__name__ == 'hamt'][0]
print(len(empty), list(empty), empty == empty, type(empty.items()).__name__, len(empty.keys()))

rng = random.Random(7)
mapping, model, kept = empty, {}, []
for step in range(3000):
    key = Key(rng.choice([rng.randrange(40), rng.randrange(40) << 27, rng.getrandbits(34), 0x4000_0000_0000 | 5]),
              rng.choice('abc'))
    if rng.random() < 0.4 and model:
        key = rng.choice(list(model)) if rng.random() < 0.8 else key
        smaller = mapping.delete(key)
        if (key in model) != (smaller is not mapping):
            print('delete', key)
        mapping = smaller
        model.pop(key, None)
    else:
        mapping = mapping.set(key, step)
        model[key] = step
    if step % 300 == 0:
        kept.append((mapping, dict(model)))
        print(len(mapping), list(mapping.items())[:6], list(mapping.values())[-3:])
print(all(dict(m.items()) == d and all(m[k] == d[k] for k in d) for m, d in kept))
print(mapping == empty, mapping.set(Key(1, 'z'), 1) == mapping.set(Key(1, 'z'), 1), mapping != mapping.set(Key(2), 2))
print(empty.set(Key(3), sys) is empty.set(Key(3), sys), (m := empty.set(Key(3), sys)).set(Key(3), sys) is m)
one = empty.set(Key(1), 1)
for mode in ('hash', 'eq'):
    Key.failing = mode
    for action in (lambda: one.get(Key(1)), lambda: one.set(Key(1), 2), lambda: one.delete(Key(1)),
                   lambda: Key(1) in one, lambda: one[Key(1)], lambda: one == empty.set(Key(1), 1)):
        try:
            print(action())
        except ZeroDivisionError as e:
            print(e, end=' ')
    Key.failing = None
    print()
for args in ((), (1,), (1, 2, 3)):
    for method in (empty.set, empty.get, empty.delete):
        try:
            print(type(method(*args)).__name__)
        except TypeError as e:
            print(e)

first, second = contextvars.ContextVar('first'), contextvars.ContextVar('second', default=2)
context = contextvars.Context()
token = context.run(first.set, 1)
items = context.items()
context.run(second.set, 3)
print(len(items), [(v.name, x) for v, x in items], list(items), sorted(context.values()), len(context), type(iter(context)).__name__)
copy = context.copy()
print(copy == context, first in copy, copy[first], copy.get(second))
copy.run(first.set, 5)
print(copy == context, context[first], copy[first])
context.run(first.reset, token)
print(first in context, context.get(first, 'gone'), contextvars.Token.MISSING)
try:
    context.run(first.get)
except LookupError as e:
    print(type(e).__name__)
