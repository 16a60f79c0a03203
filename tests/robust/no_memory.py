# A machine without memory: the MemoryErrors kept for that are used again and again, also while allocations are traced.
import subprocess
import sys

PROGRAM = '''
import _testcapi
class Made: pass
def fail():
    _testcapi.set_nomemory(0)
    try:
        Made()
    except MemoryError:
        pass
    finally:
        _testcapi.remove_mem_hooks()
for _ in range(40):
    fail()
print("40 times", flush=True)
def descend(levels):
    if levels:
        return descend(levels - 1)
    _testcapi.set_nomemory(0)
    Made()
descend(16)
'''
for options in [], ['-X', 'tracemalloc']:
    done = subprocess.run([sys.executable, *options, '-c', PROGRAM], capture_output=True)
    print(options, done.returncode in (1, 120), done.stdout, b'MemoryError' in done.stderr, b'Fatal' in done.stderr)
