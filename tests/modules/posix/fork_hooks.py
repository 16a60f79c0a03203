# Hooks of fork: their order, hooks that register hooks, and that each interpreter has its own.
import gc
import os
import sys
import _xxsubinterpreters as interpreters

log = []


def hook(name):
    def run():
        log.append(name)
        if len(log) < 4:
            for i in range(100):
                os.register_at_fork(before=lambda: log.append('late'), after_in_parent=lambda: log.append('late'))
    return run


def fail():
    raise ValueError('in a hook')


os.register_at_fork(before=hook('before 1'), after_in_parent=hook('parent 1'), after_in_child=hook('child 1'))
os.register_at_fork(before=hook('before 2'), after_in_parent=hook('parent 2'), after_in_child=hook('child 2'))
os.register_at_fork(before=fail)
sys.unraisablehook = lambda info: print('unraisable', info.exc_value, info.object is fail, flush=True)
if pid := os.fork():
    os.waitpid(pid, 0)
    print('parent', log.count('late'), [name for name in log if name != 'late'])
else:
    print('child', log.count('late'), [name for name in log if name != 'late'], flush=True)
    os._exit(0)


def in_another():
    """How many objects more there are after an interpreter that registered hooks has come and gone."""
    gc.collect()
    count = len(gc.get_objects())
    other = interpreters.create()
    interpreters.run_string(other, 'import os, logging, random\nos.register_at_fork(before=print)')
    interpreters.destroy(other)
    gc.collect()
    return len(gc.get_objects()) - count


in_another()
print(in_another() < 20, in_another() < 20)
