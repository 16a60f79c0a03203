"""Statements of the standard library, damaged: lexer, parser, compiler and the texts of their errors."""
import functools
import glob
import os
import sys
import types

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'parser'))
from mutate import mutate, statements

FILES = sorted(glob.glob('/usr/lib/python3.11/*.py') + glob.glob('/usr/lib/python3.11/test/test_[a-gs-u]*.py'))
BYTES = [b'\xff', b'\x00', b'\xc3', b'# coding: latin-1\n', b'# coding: nosuch\n', b'\xef\xbb\xbf', b'\r', b'\x0c', b'\x1a', b'\\\n', b'\t']


@functools.lru_cache(40)
def pool(path):
    return sorted(set(statements(path))) or ['pass\n']


def make(random):
    files = FILES[hash(len(FILES)) % 7::len(FILES) // 40]  # parsing all would take longer than the cases
    source = None
    while source is None:
        source = mutate(random.choice(pool(random.choice(files))), random)
    if random.random() < .15:
        data = bytearray(source.encode('utf-8', 'surrogatepass'))
        for _ in range(random.randrange(1, 3)):
            at = random.choice((0, random.randrange(len(data) + 1)))
            data[at:at] = random.choice(BYTES)
        source = bytes(data)
    return source, random.choice(['exec'] * 8 + ['single', 'eval'])


def describe(code):
    consts = [describe(c) if isinstance(c, types.CodeType) else repr(c)[:200] for c in code.co_consts]
    consts = [c if not c.startswith('frozenset') else 'frozenset' for c in consts]
    return hash((code.co_code, tuple(consts), code.co_names, code.co_linetable, code.co_exceptiontable, code.co_flags,
                 code.co_stacksize, code.co_varnames, code.co_freevars, code.co_cellvars)).__str__()


def run(case):
    source, mode = case
    try:
        return describe(compile(source, 'source', mode))
    except SyntaxError as error:
        if isinstance(source, bytes) and b'coding' in source:
            # For a line before the last one read, CPython compares pointers into two different buffers when the source
            # was decoded: which line it shows is chance.
            return f'{type(error).__name__} {error.msg} {error.lineno}'
        return f'{type(error).__name__} {error.args!r}'
