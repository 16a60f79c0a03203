"""All types written in native code: how to reach them, and the built-in modules that carry them."""

import sys
import warnings

warnings.simplefilter("ignore", DeprecationWarning)
MODULES = {name: __import__(name) for name in sorted(sys.builtin_module_names)}
PYTHON_SOURCE = ("_frozen_importlib", "_frozen_importlib_external", "zipimport")
HEAP_TYPE = 1 << 9


def below(root, seen):
    """root and its subclasses, each once."""
    if root in seen:
        return seen
    seen.add(root)
    for child in type.__subclasses__(root):
        below(child, seen)
    return seen


def hidden_heap_types():
    """Heap types that no module of theirs names: reached through an instance."""
    import _csv
    import _random
    import _sha512
    import _struct
    import _thread
    import _tokenize
    import array
    import functools
    import os
    import posix
    import re
    import select
    import zlib

    scan = os.scandir(".")
    scan.close()
    return {
        type(re.compile("a")), type(re.match("a", "a")), type(re.compile("a").scanner("a")), type(scan),
        type(_csv.reader([])), type(_csv.writer(sys.stdout)), type(_csv.get_dialect), type(select.poll()),
        type(zlib.compressobj()), type(zlib.decompressobj()), type(iter(array.array("i"))),
        type(_struct.iter_unpack("b", b"a")), type(functools.cmp_to_key(max)), _random.Random, _thread.RLock,
        type(_sha512.sha384()),
        _tokenize.TokenizerIter, functools._lru_cache_wrapper, posix.DirEntry,
    }


# Nobody hands an instance of these out.
INTERNAL = {"_abc._abc_data", "_thread._localdummy", "functools._lru_list_elem"}


def native_types():
    """Sorted by name; statically made ones through object's subclasses, the others through their modules."""
    code = native_types.__code__
    type(code.co_lines()).__doc__, type(code.co_positions()).__doc__  # makes these types known
    found = {t for t in below(object, set()) if not t.__flags__ & HEAP_TYPE or full_name(t) in INTERNAL}
    for name, module in MODULES.items():
        if name not in PYTHON_SOURCE:
            found.update(v for v in vars(module).values() if isinstance(v, type) and v.__module__ not in PYTHON_SOURCE)
    return sorted(found | hidden_heap_types(), key=full_name)


def full_name(t):
    return f"{t.__module__}.{t.__qualname__}"


def kind(value):
    """What sort of thing a class attribute is, in one word."""
    name = type(value).__name__
    short = {"wrapper_descriptor": "slot", "method_descriptor": "method", "getset_descriptor": "getset",
             "member_descriptor": "member", "classmethod_descriptor": "classmethod",
             "builtin_function_or_method": "function"}
    return short.get(name, name)
