# Built-in types, None, Ellipsis and NotImplemented hash alike in every run: sets of them have one order.
import collections
import datetime
import io

print({int, str, float, list, dict, tuple, type(None), bool})
print({1, None, 2, 3, 4}, {None, ..., NotImplemented, 5, 611532}, {3, None}, {None, 3}, {4, None}, {None, 4})
print(set(map(type, [1, "a", 2.0, None, b"", 1j, [], {}, (), set()])))
print({ValueError, KeyError, TypeError, OSError, Exception}, frozenset([range, object, type, set, bytes, frozenset]))
print({datetime.date, datetime.timedelta, collections.deque, collections.OrderedDict, collections.defaultdict, io.StringIO, io.BytesIO})
print(hash(None), hash(int), hash(...), hash(NotImplemented), object.__hash__(str), int.__hash__(5), type.__hash__(list))
print(type.__hash__ is object.__hash__, hash(type(iter([]))), hash(type(len)), hash(type({}.keys())))
print({type(x).__name__ for x in [1]}, {type(iter(x)) for x in ([], (), {}, "", b"", range(1), set())})
