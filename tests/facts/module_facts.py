"""Every module compiled into the interpreter: its names in the order of vars(), with kind, signature and value."""

import sys

from native_types import MODULES, PYTHON_SOURCE, full_name

# What depends on the machine or the way of starting, or says who the interpreter is.
HOST = {"posix": ("environ",), "time": ("timezone", "altzone", "daylight", "tzname"), "_heapq": ("__about__",),
        "_sre": ("copyright",), "sys": ("_base_executable", "executable", "argv", "orig_argv", "path", "modules",
        "path_importer_cache", "version", "_git", "copyright", "flags", "path_hooks", "meta_path", "_xoptions")}
# Known to one side only: Krait's own name, and what site and its plug-ins leave behind.
EXTRA = {"sys": ("_krait",)}


def function_facts(module, name, function):
    facts = ["function"]
    if function.__self__ is not module:
        facts.append(f"self {function.__self__!r}")
    if function.__module__ != module.__name__:
        facts.append(f"module {function.__module__}")
    for found in {function.__name__, function.__qualname__} - {name}:
        facts.append(f"named {found}")
    if function.__text_signature__ is not None:
        facts.append(repr(function.__text_signature__))
    if function.__doc__ is None:
        facts.append("no doc")
    return " ".join(facts)


def value_facts(module, name, value):
    if isinstance(value, type(len)):
        return function_facts(module, name, value)
    if isinstance(value, type):
        return f"type {full_name(value)}"
    if name == "__doc__":
        return "docstring" if value is not None else "no docstring"
    if name in HOST.get(module.__name__, ()):
        return f"of the host: {type(value).__name__}"
    if isinstance(value, (set, frozenset, dict)):
        return f"{type(value).__name__} {sorted(value, key=str)}"
    if isinstance(value, (int, float, str, bytes, tuple, list, complex, type(None))):
        return f"{type(value).__name__} {value!r}"
    return type(value).__name__


def describe(module):
    print(f"== {module.__name__}; loader {module.__loader__.__qualname__ if module.__loader__ else None};"
          f" {module.__spec__}; dir() is sorted vars: {dir(module) == sorted(vars(module))}")
    for name, value in vars(module).items():
        if name not in ("__loader__", "__spec__", *EXTRA.get(module.__name__, ())):
            print(" ", name, value_facts(module, name, value))


for name, builtin in MODULES.items():
    if name not in PYTHON_SOURCE and name != "__main__":
        describe(builtin)
