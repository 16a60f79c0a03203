"""What may be done to every native type: setting attributes, subclassing, calling, indexing, asking for signatures."""

import inspect
import re
import sys

from native_types import full_name, native_types

ATTRIBUTES = ("krait_probe", "__doc__", "__name__", "__qualname__", "__module__", "__bases__")
OWN_LAYOUTS = (int, str, dict, list, BaseException, type)


def outcome(action, *args):
    """repr of the result, or the exception; addresses are blanked."""
    try:
        result = action(*args)
    except BaseException as error:
        text = f"{type(error).__name__}: {error}"
    else:
        text = shown(result)
    return re.sub(r"0x[0-9a-f]+", "0x", text)


def shown(result):
    plain = result is None or type(result) in (bool, int, str, tuple, bytes, inspect.Signature)
    return repr(result) if plain else f"a {full_name(type(result))}"


def set_and_delete(t, name, value):
    setattr(t, name, value)
    delattr(t, name)


def set_back(t, name):
    setattr(t, name, getattr(t, name))


def subclass(*bases, **namespace):
    made = type(bases[0])("Sub", bases, dict(namespace))
    return made.__basicsize__, made.__itemsize__, made.__dictoffset__, made.__weakrefoffset__, hex(made.__flags__ & ~(1 << 19 | 1))


def facts(t):
    """The answers, each with the questions that have it; the type's own name is written @, an attribute's ..."""
    answers = {}

    def report(label, text):
        text = re.sub(rf"(?<![\w.])({re.escape(full_name(t))}|{t.__name__})(?!\w)", "@", text)
        for name in ATTRIBUTES:
            text = text.replace(f"'{name}'", "'...'")
        answers.setdefault(text, []).append(label)

    report("setattr", outcome(set_and_delete, t, "krait_probe", 1))
    report("delattr", outcome(delattr, t, "krait_probe"))
    for name in ATTRIBUTES[1:]:
        report(f"set {name}", outcome(set_back, t, name))
    report("subclass", outcome(subclass, t))
    report("with slot", outcome(lambda: subclass(t, __slots__=("a",))))
    report("with __dict__ slot", outcome(lambda: subclass(t, __slots__=("__dict__",))))
    report("with __weakref__ slot", outcome(lambda: subclass(t, __slots__=("__weakref__",))))
    for other in OWN_LAYOUTS:
        report(f"with {other.__name__}", outcome(subclass, t, other))
    if t is not type(sys.flags):
        report("call", outcome(t))
        report("call(k=1)", outcome(lambda: t(krait_probe=1)))
        report("__new__", outcome(t.__new__, t))
        report("__new__(int)", outcome(t.__new__, int))
        report("object.__new__", outcome(object.__new__, t))
    report("signature", outcome(inspect.signature, t))
    report("index", outcome(lambda: repr(t[int])))
    report("or", outcome(lambda: repr(t | None)))
    report("instance", outcome(isinstance, 1, t))
    return tuple(f"  {', '.join(labels)}: {text}" for text, labels in answers.items())


alike = {}
for native_type in native_types():
    found = facts(native_type)
    first = alike.setdefault(found, native_type)
    if first is native_type:
        print(f"== {full_name(native_type)}", *found, sep="\n")
    else:
        print(f"== {full_name(native_type)}, like {full_name(first)}")
