"""Work whose scratch space is larger than what is set aside: in an address space just too small, then larger and larger ones,
each call fails with MemoryError or works, and never ends the process."""
import _symtable
import ast
import binascii
import marshal
import math
import pickle
import struct

from short_of_memory import show_outcomes

LINES = 'a = b\n' * 60_000
BIG = (1 << 12_000_000) - 1
FINALLY = ''
for level in range(15):
    FINALLY += ' ' * level + 'try: a\n' + ' ' * level + 'finally:\n'
FINALLY += ' ' * 15 + 'b\n'

CALLS = {
    'compile': lambda: compile(LINES, 's', 'exec'),
    'parse': lambda: compile(LINES, 's', 'exec', ast.PyCF_ONLY_AST),
    'error': lambda: compile(LINES + '(', 's', 'exec'),
    'copies of finally': lambda: compile(FINALLY, 's', 'exec'),
    'symtable': lambda: _symtable.symtable(LINES, 's', 'exec'),
    'marshal': lambda: marshal.dumps([1000] * 1_000_000),
    'marshal int': lambda: marshal.dumps(BIG),
    'pickle': lambda: pickle.dumps(['a' * 100] * 10 + ['b' * 6_000_000]),
    'pickle text': lambda: pickle.dumps('\n\u1234' * 1_000_000, 0),
    'pickle memo': lambda: pickle.dumps([(i,) for i in range(100_000)]),
    'unpickle': lambda: pickle.loads(b'N' * 3_000_000),
    'unpickle marks': lambda: pickle.loads(b'(' * 3_000_000),
    'unpickle line': lambda: pickle.loads(b'V' + b'a' * 6_000_000 + b'\n.'),
    'hexlify': lambda: binascii.hexlify(bytes(4_000_000)),
    'base64': lambda: binascii.a2b_base64(b'aaaa' * 2_000_000),
    'quoted': lambda: binascii.b2a_qp(b'\xff' * 2_000_000),
    'hypot': lambda: math.hypot(*(1.0,) * 700_000),
    'struct': lambda: struct.calcsize('ih' * 200_000),
    'multiply': lambda: BIG * BIG,
    'hex': lambda: hex(BIG),
    'parse hex': lambda: int('a' * 6_000_000, 16),
}

show_outcomes(CALLS, (MemoryError, SyntaxError, pickle.UnpicklingError, EOFError), (5, 8, 13, 21, 34, 55))
