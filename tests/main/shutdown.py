"""What runs while the interpreter goes away."""
import re
import subprocess
import sys


def show(program):
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    print(done.returncode, done.stdout, re.sub("0x[0-9a-f]+", "ADDRESS", done.stderr), sep="\n")


DYING = """
import sys
class Dying:
    def __init__(self, name): self.name = name
    def __del__(self): print("del", self.name, len(sys.modules or ()) > 0, print is not None, flush=True)
"""
show(DYING + "import builtins; builtins.thing = Dying('of builtins')")
show(DYING + "import builtins; builtins.print = lambda *a, old=print, **k: old('mine', *a, **k); x = Dying('global')")
show(DYING + "sys.thing = Dying('of sys')")
show(DYING + "import json; json.thing = Dying('of a module')")
show(DYING + "a = Dying('first'); _b = Dying('underscored'); c = [a]; c.append(c)")
show("async def never(): pass\nc = never()")
show("async def never(): pass\nc = [never()]; c.append(c)")
show("import warnings\nasync def never(): pass\nc = never()")
show("import atexit\natexit.register(print, 'one'); atexit.register(lambda: 1 / 0); atexit.register(print, 'two')")
show("import threading, time\nt = threading.Thread(target=lambda: (time.sleep(0.1), print('thread')))\nt.start(); print('main')")
show("import threading, time\nt = threading.Thread(target=time.sleep, args=(60,), daemon=True)\nt.start(); print('main')")
