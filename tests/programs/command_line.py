import subprocess, sys


def r(*a, inp=None, **env):
    import os

    p = subprocess.run(
        [sys.executable, *a],
        input=inp,
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", **env},
    )
    print(a, p.returncode, p.stdout.replace(sys.executable, "PY"), p.stderr.replace(sys.executable, "PY"))


r("-V")
r("-c", "print(1); x")
r("-c", "import sys; print(sys.argv, sys.flags)", "a", "-b")
r("-", "x", inp="import sys; print(sys.argv)\n1/0\n")
r("nofile.py")
r("-m", "nomod")
r("-m", "os.path")
r("-m", "json")
r("-Z")
r("-c")
r("-X")
r("-W")
r("-W", "error", "-c", "import warnings; warnings.warn('x')")
r("-Wbogus", "-c", "1")
r("-O", "-c", "assert 0; print(__debug__)")
r("-OO", "-c", "def f(): 'doc'\nprint(f.__doc__)")
r("-b", "-c", "print(b'a'=='a', str(b'x'))")
r("-bb", "-c", "str(b'x')")
r("-E", "-c", "import os,sys; print(sys.flags.ignore_environment)", PYTHONDEBUG="1")
r("-I", "-c", "import sys; print(sys.flags.isolated, '' in sys.path)")
r("-S", "-c", "import sys; print('site' in sys.modules)")
r("-s", "-c", "import sys;print(sys.flags.no_user_site)")
r("-q", "-c", "1")
r("-u", "-c", "import sys; print(sys.stdout.write_through)")
r("-x", "-c", "print(2)")
r("-i", "-c", "x=5", inp="print(x)\nx+1\n1/0\nexit(4)\n")
r(
    "-q",
    "-i",
    inp="def f():\n  return 1\n\nf()\n'a'\nNone\n_\nimport sys\nsys.ps1\nfor i in range(2): i\n\nif 1:\nx\n",
)
r(inp="print(5)\nif 1:\n  print(6)\n")
r("-X", "dev", "-c", "import sys;print(sys.flags.dev_mode)")
r("-X", "utf8=0", "-c", "import sys;print(sys.flags.utf8_mode)")
r(
    "-c",
    "import sys;print(sys.flags.dont_write_bytecode, sys.flags.hash_randomization, sys.flags.optimize)",
    PYTHONDONTWRITEBYTECODE="1",
    PYTHONHASHSEED="0",
    PYTHONOPTIMIZE="2",
)
r("-c", "print(hash('abc'))", PYTHONHASHSEED="0")
r("-c", "1", PYTHONHASHSEED="x")
r("-c", "import sys;print(sys.path[0:2])", PYTHONPATH="/x:/y")
r("-c", "import sys; print(sys.stdout.encoding, sys.stdout.errors)", PYTHONIOENCODING="latin-1:replace")
r("-c", "raise SystemExit('bye')")
r("-c", "import os; os.kill(os.getpid(), 9)")
r("-c", "def f(:")
r("-c", "import os; print(len(os.environ)>0)\n raise")
r("-P", "-c", "import sys; print(sys.flags.safe_path)")
r("-c", "import sys; sys.stdout.close()")
r("-c", "import sys; sys.exit(256)")
r("-c", "import sys; sys.exit(-1)")
r("-c", "import sys; sys.exit(2**70)")
r("-c", "import sys; sys.exit(1.5)")
r("-c", "import sys; sys.stderr=None; 1/0")
r("-c", "import sys; sys.excepthook=lambda *a: print('hook',a[0])\n1/0")
r("-c", "import sys; sys.excepthook=lambda *a: 1/0\nx")
r("-c", "import threading,time\nt=threading.Thread(target=lambda: (time.sleep(.05),print('t')));t.start();print('m')")
r("-c", "import threading,time\nthreading.Thread(target=lambda: time.sleep(9),daemon=True).start();print('m')")
r("-c", "import atexit; atexit.register(print,'a'); atexit.register(print,'b'); import sys; sys.exit(1)")
r("-v", "-S", "-c", "1") if 0 else None
r("-c", "import faulthandler; faulthandler.enable(); faulthandler._sigsegv()") if 0 else None
r("-c", "print('x'*100000)")
r("/tmp")
r("-c", "import signal,os; signal.signal(signal.SIGTERM, lambda s,f: print('term')); os.kill(os.getpid(),15)")
r("-c", "import os;os.kill(os.getpid(),15)")
r("-m", "timeit", "-n1", "-r1", "-s", "x=1", "1/0")
r("-m", "calendar", "2024", "2")
r("-c", "import this")
r("-c", "from __future__ import braces")
r("-c", "import antigravity") if 0 else None
