"""Code objects with bytes changed at random run to some end. CPython does not survive this: no comparison."""
import builtins
import marshal
import opcode
import types

ORACLE = False
SOURCE = '''
import os
def f(a, b=2, *c, d=3, **e):
    x = [i*2 for i in c if i]
    try:
        with open("/dev/null") as fh: y = fh.read(1)
        for k, v in e.items(): x.append((k, v))
    except (OSError, ValueError) as err: return str(err)
    except* KeyError: pass
    finally: z = {1: a, **e}
    def inner():
        nonlocal x
        yield from x
        return f"{a!r:>5} {b}"
    class K:
        def m(self): return super().__init__()
    match a:
        case {"k": v, **r}: pass
        case [p, *q]: pass
    return a if b else x, z, inner, K, lambda: a
async def g():
    async with x as y:
        async for z in y: await z
        return [w async for w in y]
r = f(1, 2, 3, k=4)
'''.replace('    except* KeyError: pass\n', '')
CODE = compile(SOURCE, 's', 'exec')
DATA = marshal.dumps(CODE)
builtins.exit = builtins.quit = builtins.input = builtins.breakpoint = None


def codes(code):
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from codes(constant)


ALL = list(codes(CODE))


def make(random):
    if random.random() < .5:
        data = bytearray(DATA)
        for _ in range(random.randrange(1, 4)):
            data[random.randrange(len(data))] = random.randrange(256)
        return bytes(data)
    index = random.randrange(len(ALL))
    code = bytearray(ALL[index].co_code)
    for _ in range(random.randrange(1, 3)):
        code[random.randrange(len(code))] = random.choice((random.randrange(256), random.randrange(8)))
    changes = {'co_code': bytes(code)}
    if random.random() < .1:
        changes['co_exceptiontable'] = bytes(random.randrange(256) for _ in range(6))
    if random.random() < .1:
        changes['co_stacksize'] = random.randrange(6)
    return index, changes


def interruptible(code):
    """A JUMP_BACKWARD_NO_INTERRUPT to itself is a loop that no signal ends, in CPython too: it becomes JUMP_BACKWARD."""
    instructions = bytearray(code.co_code)
    for i in range(0, len(instructions), 2):
        if instructions[i] == opcode.opmap['JUMP_BACKWARD_NO_INTERRUPT']:
            instructions[i] = opcode.opmap['JUMP_BACKWARD']
    consts = tuple(interruptible(c) if isinstance(c, types.CodeType) else c for c in code.co_consts)
    return code.replace(co_code=bytes(instructions), co_consts=consts)


def run(case):
    code = interruptible(marshal.loads(case) if isinstance(case, bytes) else ALL[case[0]].replace(**case[1]))
    names = {'__builtins__': builtins, '__name__': 'x'}
    if not (code.co_flags & 0x2A0 or code.co_argcount or code.co_freevars):
        exec(code, names)
        return 'ran'
    cells = tuple(types.CellType(1) for _ in code.co_freevars)
    result = types.FunctionType(code, names, 'f', None, cells)(*range(code.co_argcount))
    if hasattr(result, 'send'):
        try:
            result.send(None)
        finally:
            result.close()
    return 'ran'
