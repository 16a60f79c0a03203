# What a pickle writes a second time depends on which classes share the string of their module's name.
import collections
import functools
import io
import itertools
import operator
import pickle
import re
import struct

for group in ([functools.partial, functools.lru_cache, functools.reduce], [ExceptionGroup, ValueError, len],
              [collections.OrderedDict, collections.deque, collections.Counter],
              [operator.itemgetter, operator.attrgetter, operator.add], [itertools.count, itertools.chain],
              [io.BytesIO, io.StringIO, io.open], [re.Pattern, re.Match, re.compile], [struct.Struct, struct.pack]):
    print(pickle.dumps(group, 4))
