# Options and environment variables, as child processes see them.
import os
import subprocess
import sys
import tempfile


def run(*args, input=None, **env):
    clean = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON") and k not in ("LC_ALL", "LANG", "LC_CTYPE")}
    clean.update(LC_ALL="C.UTF-8")
    clean.update(env)
    done = subprocess.run([sys.executable, *args], env=clean, input=input, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


SHOW = "import sys; print(ascii(sys.argv[1:]), sys.stdin.errors, sys.stdout.encoding, sys.stdout.errors, sys.stderr.errors)"
print(run("-c", SHOW, "é", PYTHONIOENCODING="latin1"))
print(run("-c", SHOW, "é", PYTHONIOENCODING="latin1:"))
print(run("-X", "utf8", "-c", SHOW, "é", PYTHONIOENCODING=":replace"))
print(run("-X", "utf8=0", "-c", SHOW, "é", LC_ALL="C"))
print(run("-c", "pass", LC_ALL="C", PYTHONCOERCECLOCALE="warn"))

RANDOM = "import sys; print(sys.flags.hash_randomization)"
print([run(*option, "-c", RANDOM, **env)[1] for option, env in (
    ((), {}), ((), {"PYTHONHASHSEED": "0"}), (("-R",), {"PYTHONHASHSEED": "0"}), ((), {"PYTHONHASHSEED": "5"}))])
for value in "on", "off":
    print(value, run("-X", "frozen_modules=" + value, "-c", "import os; print('Frozen' in str(os.__spec__.loader))"))
for name in "-1", "nonsense":
    print(run("-c", "pass", PYTHONTRACEMALLOC=name)[2].splitlines()[0])
    print(run("-X", "tracemalloc=" + name, "-c", "pass")[2].splitlines()[0])

FLAGS = "import sys; f = sys.flags; print(f.debug, f.optimize, f.verbose, f.dont_write_bytecode, f.no_user_site, f.safe_path)"
for value in "1", "2", "text", "":
    print(run("-c", FLAGS, PYTHONOPTIMIZE=value, PYTHONDONTWRITEBYTECODE=value, PYTHONNOUSERSITE=value, PYTHONSAFEPATH=value))
print(run("-BBsSEE", "-c", "import sys; print(sys.flags)"))
NOTES = """class Notes:
    def __repr__(self): return 'not a sequence'
e = ValueError(1)
e.__notes__ = Notes()
raise e"""
print(run("-c", NOTES)[2].splitlines()[-2:])
REUSE = """import gc, tracemalloc
tracemalloc.start(1)
gc.collect()
x = []
x = None
x = []
print(tracemalloc.get_object_traceback(x)[0].lineno)"""
print(run("-c", REUSE))
CRASH = "import sys, faulthandler; sys.stdlib_module_names = set(); faulthandler.enable(); faulthandler._sigabrt()"
lines = run("-c", CRASH)[2].splitlines()
names = lines[-1].partition(": ")[2].partition(" (")[0].split(", ")
print(lines[0], lines[-1].partition(":")[0], {"sys", "builtins", "faulthandler"} <= set(names))

lines = run("-v", "-c", "pass")[2].splitlines()
for wanted in ("import _frozen_importlib # frozen", "import _imp # builtin", "# installed zipimport hook",
               "import 'site' # ", "# clear sys.path", "# cleanup[2] removing site", "# destroy site",
               "# cleanup[3] wiping builtins"):
    print(wanted, any(line.startswith(wanted) for line in lines))
lines = run("-X", "importtime", "-c", "import os")[2].splitlines()
print(lines[0], any(line.endswith(" site") for line in lines), all(line.startswith("import time:") for line in lines))

with tempfile.TemporaryDirectory() as folder:
    script = os.path.join(folder, "script.py")
    with open(script, "w") as f:
        f.write("import sys\ndel sys.modules['__main__']\nprint('gone')\n")
    print(run(script))
    with open(script, "w") as f:
        f.write('foo = """\\q"""\n')
    print(run("-Werror", script)[2].splitlines()[-3:])

    program = os.path.join(folder, "python")
    os.symlink(sys.executable, program)
    with open(program + "._pth", "w") as f:
        f.write("# comment\n\nfake\n..\n" + os.path.dirname(os.__file__) + "\n")
    done = subprocess.run([program, "-c", "import sys; print('\\n'.join(sys.path)); print(sys.flags)"],
                          env={"PYTHONPATH": "from-env"}, capture_output=True, text=True)
    print(done.stdout.replace(folder, "FOLDER").replace(os.path.dirname(folder), "ABOVE"))

print(run("-c", "print('out'); 1/0"))
print(run("-c", "import sys; print(sys.stdout.write_through, sys.stdout.line_buffering, sys.stderr.line_buffering)"))

# Where the library is said to be: PREFIX:EXEC_PREFIX, and another name for lib.
with tempfile.TemporaryDirectory() as place:
    library = os.path.dirname(os.__file__)
    for name in "lib", "lib64", os.path.join("a", "b"):
        os.makedirs(os.path.join(place, name))
        os.symlink(library, os.path.join(place, name, "python3.11"))
    WHERE = "import sys, sysconfig; print(sys.platlibdir, sys.path[1:4], sys.prefix, sys.exec_prefix, sys.base_exec_prefix, sys._stdlib_dir, sysconfig.get_path('platstdlib'))"
    for home, lib in ("", ""), ("", "lib64"), (":/nosuch", "lib64/"), ("/.", "a/b"), ("/:" + place, "a/../lib64"), ("/nosuch", place + "/lib64"):
        print(run("-S", "-c", WHERE, PYTHONHOME=place + home, PYTHONPLATLIBDIR=lib)[1].replace(place, "PLACE"), end="")
        print(run("-S", "-E", "-c", "import sys; print(sys.platlibdir)", PYTHONPLATLIBDIR=lib)[1], end="")

for value in "0", "2", "99999999999999999999":
    print(run("-c", FLAGS, PYTHONOPTIMIZE=value, PYTHONDONTWRITEBYTECODE=value, PYTHONNOUSERSITE=value, PYTHONSAFEPATH=value)[1], end="")
LIMITS = "import sys, tracemalloc; print(sys.flags.int_max_str_digits, tracemalloc.is_tracing(), tracemalloc.get_traceback_limit())"
for option in "tracemalloc=", "tracemalloc=0", "tracemalloc=65536", "int_max_str_digits=", "int_max_str_digits":
    done = run("-X", option, "-c", LIMITS)
    print(done[0], done[1], done[2].splitlines()[:1])
