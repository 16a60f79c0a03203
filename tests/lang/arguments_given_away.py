# Calls whose arguments move into the callee: what they get, and what a failed call leaves.
import sys


class Item:
    def __init__(self, name):
        self.name = name


def rest(*args):
    return [item.name for item in args]


def first(a, *args):
    return a.name, [item.name for item in args]


def two(a, b):
    return a.name, b.name


def keyword(*args, key):
    return [item.name for item in args], key.name


items = [Item(name) for name in 'abcd']
counts = [sys.getrefcount(item) for item in items]
print(rest(*items), rest(*tuple(items)), rest(*iter(items)), rest(items[0], *items))
print(first(*items), first(*tuple(items)), first(items[0], *items[1:]))
print(two(*items[:2]), two(*tuple(items[:2])), two(items[0], *items[1:2]))
print(keyword(*items, key=items[0]), keyword(*items, **{'key': items[1]}))
for call in (lambda: two(*items), lambda: keyword(*items), lambda: first(*[]), lambda: keyword(*items, k=1, key=items[0]),
             lambda: rest(*items, key=items[0]), lambda: two(*items[:1], **{'b': items[1], 'c': items[2]}),
             lambda: rest(*5), lambda: rest(*(i.missing for i in items))):
    try:
        call()
    except (TypeError, AttributeError) as error:
        print(error)
print([sys.getrefcount(item) for item in items] == counts)
arguments = tuple(items)
print(rest(*arguments), arguments == tuple(items), (lambda *args: args is arguments)(*arguments))
