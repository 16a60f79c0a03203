"""Every native type: its bases, sizes and flags; each attribute in the order of vars(), with kind, text signature
and whether it has a docstring. A name alone: as the last type that has it."""

from native_types import full_name, kind, native_types

READY, HAVE_FINALIZE, HAS_VERSION = 1 << 12, 1 << 0, 1 << 19
seen = {}
VOLATILE = HAVE_FINALIZE | HAS_VERSION


def documented(thing):
    return "doc" if getattr(thing, "__doc__", None) is not None else "no doc"


def describe(t):
    print(f"== {full_name(t)}")
    print(f"bases {', '.join(b.__qualname__ for b in t.__bases__)}; best base {t.__base__ and t.__base__.__qualname__};"
          f" sizes {t.__basicsize__} {t.__itemsize__}; offsets {t.__dictoffset__} {t.__weakrefoffset__};"
          f" flags {t.__flags__ & ~VOLATILE:#x}; name {t.__name__}; {documented(t)}; {t.__text_signature__!r}")
    for name, value in vars(t).items():
        describe_attribute(t, name, value)


def describe_attribute(t, name, value):
    facts = [name, kind(value)]
    if isinstance(value, (str, int, tuple)):
        facts.append("" if name == "__doc__" else repr(value))
    if hasattr(value, "__objclass__"):
        facts.append("" if value.__objclass__ is t else f"of {value.__objclass__.__qualname__}")
    if hasattr(value, "__self__"):
        facts.append("" if value.__self__ is t else f"self {value.__self__!r}")
    signature = getattr(value, "__text_signature__", None)
    if signature is not None:
        facts.append(repr(signature))
    if hasattr(value, "__qualname__") and value.__qualname__ != f"{t.__qualname__}.{name}":
        facts.append(f"qualname {value.__qualname__}")
    if hasattr(value, "__name__") and value.__name__ != name:
        facts.append(f"name {value.__name__}")
    if kind(value) in ("slot", "method", "getset", "member", "classmethod", "function"):
        facts.append("" if value.__doc__ is not None else "no doc")
    if kind(value) == "staticmethod":
        facts.append(f"own {sorted(vars(value))}")
    line = " ".join(fact for fact in facts if fact)
    print(" ", name if seen.get(name) == line else line)
    seen[name] = line


for native_type in native_types():
    describe(native_type)
