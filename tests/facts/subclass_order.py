"""The order of __subclasses__() at start-up, before site has run: static types first, as they were readied."""

import subprocess
import sys

PROGRAM = """
import sys
def show(t):
    print(t.__qualname__, *[f"{s.__module__}.{s.__qualname__}" for s in type.__subclasses__(t)])
for t in (object, int, tuple, dict, BaseException, Exception, ArithmeticError, LookupError, OSError, ConnectionError,
          RuntimeError, SyntaxError, ValueError, UnicodeError, Warning, ImportError, NameError):
    show(t)
print(*sys.modules)
"""
print(subprocess.run([sys.executable, "-I", "-S", "-c", PROGRAM], capture_output=True, text=True).stdout)
