# What the interpreter says of impossible options, variables and programs.
import os
import re
import subprocess
import sys
import tempfile

CLEAN = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}


def show(*args, input="", **env):
    done = subprocess.run([sys.executable, *args], env=CLEAN | {"LC_ALL": "C.UTF-8"} | env, input=input,
                          capture_output=True, text=True)
    err = re.sub("0x[0-9a-f]{6,}|(?<=refcount : )[0-9]+", "0xADDR",
                 done.stderr.replace(sys.executable, "PROGRAM"))
    print(args, env, done.returncode, ascii(done.stdout))
    print(err)


for options in ("-J",), ("-c",), ("-Z",), ("--foo",), ("--check-hash-based-pycs",), ("--check-hash-based-pycs", "x"):
    show(*options)
for option in "int_max_str_digits=5", "utf8=2", "frozen_modules=maybe", "tracemalloc=x":
    show("-X", option, "-c", "pass")
for name, value in (("PYTHONHASHSEED", "x"), ("PYTHONMALLOC", "foo"), ("PYTHONUTF8", "3"), ("PYTHONIOENCODING", "nonsense"),
                    ("PYTHONINTMAXSTRDIGITS", "7")):
    show("-c", "pass", **{name: value})
with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    done = subprocess.run([sys.executable, "."], capture_output=True, text=True)
    print(done.returncode, done.stderr.replace(os.getcwd(), "FOLDER").replace(sys.executable, "PROGRAM"))
    os.chdir("/")
show("-c", "import sys; sys.excepthook = 1; 1/0")
show("-c", "import sys; sys.stderr = None; 1/0")
show("-c", "import sys; sys.exit(1.5)")
show("-c", "import sys; e = sys.stderr; del sys.stderr; 1/0")
show("-c", """
import sys
class A:
    def __del__(self): 1/0
sys.unraisablehook = None
A()
del sys.unraisablehook
A()
""")
for command in (), ("-c", "pass"):
    show("-i", "-q", *command, PYTHONSTARTUP="/nonexistent/startup.py")
show("-S", "-c", "import sys; print(list(sys.modules))")
show("-i", "-q", input="x = (1,\ny = 2\nfoo(1,\n 2 3\n(a for\nb c\n{1: 2,\n 3\n4\n[1\n2]\nf(a for b in c,\nd\n")
