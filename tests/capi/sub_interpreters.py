# Sub-interpreters have modules, builtins and exit functions of their own.
import atexit
import os
import sys
import _xxsubinterpreters as interpreters


def run(id, text):
    read, write = os.pipe()
    try:
        interpreters.run_string(id, f'import os\ndef say(*what): os.write({write}, (" ".join(map(str, what)) + ";").encode())\n' + text)
    except interpreters.RunFailedError as e:
        print('failed:', e)
    os.close(write)
    with open(read) as pipe:
        print(pipe.read())


first = interpreters.create()
second = interpreters.create(isolated=False)
print(first, second, interpreters.list_all(), interpreters.get_current(), interpreters.get_main())
sys.marker = 1
run(first, 'import sys, builtins, atexit\nsay(hasattr(sys, "marker"), __name__)\nbuiltins.extra = 5\nvalue = 7\n'
           'atexit.register(print, "not shown")\nsay(atexit._ncallbacks())')
run(first, 'say(extra, value)')
run(second, 'import builtins\nsay(hasattr(builtins, "extra"), len("abc"), sum(range(10)))')
run(second, '1 / 0')
run(first, 'import threading\ntry: threading.Thread(target=print).start()\nexcept RuntimeError as e: say(e)')
run(first, 'try: os.fork()\nexcept RuntimeError as e: say(e)')
run(second, 'import threading\nt = threading.Thread(target=say, args=("from a thread",))\nt.start(); t.join()')
run(second, 'import json, re, collections\nsay(json.loads("[1, 2]"), re.sub("a", "b", "aa"))')
print(atexit._ncallbacks(), hasattr(__builtins__, 'extra'))
channel = interpreters.channel_create()
interpreters.channel_send(channel, b'bytes')
run(second, f'import _xxsubinterpreters as i\nsay(i.channel_recv({int(channel)}))\ni.channel_send({int(channel)}, 12)')
print(interpreters.channel_recv(channel))
interpreters.run_string(first, 'import atexit\natexit._clear()')
interpreters.destroy(first)
print(interpreters.list_all())
try:
    interpreters.run_string(first, '')
except RuntimeError as e:
    print(e)
del second
print(interpreters.list_all())
print(len([1, 2]), isinstance(1, int), [len(x) for x in ('a', 'bc')])

# What they share with nobody: settings of the collector and its objects, warning filters, the recursion limit.
import gc
import signal
import warnings

filters = list(warnings.filters)
third = interpreters.create(isolated=False)
run(third, 'import gc, sys, warnings, _warnings\n'
           'say(gc.isenabled(), gc.get_threshold(), gc.get_debug(), gc.callbacks, gc.garbage, gc.get_freeze_count())\n'
           'gc.disable(); gc.set_threshold(5, 6, 7); gc.set_debug(gc.DEBUG_SAVEALL); gc.callbacks.append(print); gc.garbage.append(3)\n'
           'warnings.simplefilter("error"); sys.setrecursionlimit(77)\n'
           'class Mine: pass\n'
           'say(Mine in gc.get_objects(), any(type(o) is dict and "third" in o for o in gc.get_objects()))\n'
           'gc.freeze(); say(gc.get_freeze_count() > 100)')
print(gc.isenabled(), gc.get_threshold(), gc.get_debug(), gc.callbacks, gc.garbage, gc.get_freeze_count())
print(warnings.filters == filters, sys.getrecursionlimit())
run(third, 'say(gc.isenabled(), gc.get_threshold(), gc.callbacks, gc.garbage, sys.getrecursionlimit())\n'
           'def deeper(): deeper()\n'
           'try: deeper()\n'
           'except RecursionError as e: say(e)\n'
           'try: warnings.warn("w")\n'
           'except UserWarning as e: say(repr(e))\n'
           'gc.set_debug(0); del gc.callbacks[:], gc.garbage[:]\n'
           'gc.unfreeze(); a = []; a.append(a); del a; say(gc.collect() > 0)')

# Signals are the main interpreter's.
signal.signal(signal.SIGUSR1, lambda *arguments: print('handled in', interpreters.get_current()))
run(third, 'import signal\n'
           'signal.raise_signal(signal.SIGUSR1)\n'
           'for i in range(1000): pass\n'
           'say("after")\n'
           'for call in (signal.signal, 10, signal.SIG_DFL), (signal.set_wakeup_fd, -1):\n'
           '    try: call[0](*call[1:])\n'
           '    except ValueError as e: say(e)')
print('and then')

START = ['a'], [b'/bin/true'], True, (), None, None, -1, -1, -1, -1, -1, -1, 3
REST = False, False, 0, None, None, None, -1
isolated = interpreters.create()
for id in third, isolated:
    for before, pipe in (None, 1), (print, 1), (print, 5):
        run(id, f'import _posixsubprocess\nimport builtins\n'
                f'try: _posixsubprocess.fork_exec(*{START}, {pipe}, *{REST}, {before and "print"}, True)\n'
                f'except Exception as e: say(type(e), e)')
    run(id, 'try: os.forkpty()\nexcept RuntimeError as e: say(e)')
run(isolated, 'import subprocess\ntry: subprocess.call("true")\nexcept RuntimeError as e: say(e)')
run(third, 'import sys\nsys.stderr = None\nimport faulthandler\nos.close(2)\nchild = os.fork()\nsay(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))')
interpreters.destroy(third)
interpreters.destroy(isolated)
gc.collect()
