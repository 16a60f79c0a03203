# The order in which a program's objects are finalized at its end, those included that only the interpreter holds.
import atexit
import builtins
import codecs
import contextvars
import copyreg
import functools
import gc
import os
import sys
import threading
import types
import warnings
import weakref


class Dying:
    def __init__(self, name):
        self.name = name

    def __del__(self, write=os.write):
        write(1, ('del ' + self.name + '\n').encode())


def cycle(name):
    dying = Dying(name)
    dying.me = dying
    return dying


def generator(name):
    local = Dying(name + ' local')
    try:
        yield
    finally:
        os.write(1, ('finally ' + name + '\n').encode())


class Stream:
    def write(self, text):
        return os.write(1, f'write {text!r}\n'.encode())

    def flush(self):
        os.write(1, b'flush\n')

    def __del__(self, write=os.write):
        write(1, b'del stream\n')


a, _b, __c, d, _e = Dying('a'), Dying('_b'), Dying('__c'), cycle('d'), cycle('_e')
module = types.ModuleType('module')
sys.modules['module'] = module
module.a, module._b, module.c, module.itself = Dying('module.a'), Dying('module._b'), cycle('module.c'), module
sys.a, sys._b, sys.c, sys.ps1, sys.last_value = Dying('sys.a'), Dying('sys._b'), cycle('sys.c'), Dying('ps1'), Dying('last_value')
sys.path_hooks.append(Dying('path hook'))
builtins.a, builtins.b = Dying('builtins.a'), cycle('builtins.b')
started = generator('started')
next(started)
sys.started = generator('sys.started')
next(sys.started)
sys.weak = weakref.ref(d, lambda ref: os.write(1, b'weak d\n'))
weakref.finalize(a, os.write, 1, b'finalize a\n')
atexit.register(os.write, 1, b'atexit\n')
sys.stdout = Stream()
local = threading.local()
local.value = Dying('thread local')
variable = contextvars.ContextVar('variable', default=Dying('default'))
variable.set(Dying('context variable'))
sys.addaudithook(lambda event, arguments, held=Dying('audit hook'): None)
codecs.register(lambda name, held=Dying('codec'): None)
codecs.register_error('dying', lambda name, held=Dying('error handler'): None)
copyreg.dispatch_table[Dying] = Dying('copyreg')
warnings.onceregistry[1] = Dying('once')
gc.callbacks.append(lambda phase, info, write=os.write: write(1, (phase + ' ' + str(info['generation']) + '\n').encode()))
