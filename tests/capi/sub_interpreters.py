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
