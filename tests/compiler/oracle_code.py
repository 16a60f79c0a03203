"""Compares the code objects that krait and CPython 3.11 make of the same sources, field by field, recursively; or the
syntax trees with all their positions.

    /usr/bin/python3.11 tests/compiler/oracle_code.py KRAIT [-O LEVEL | --tree] [--limit N] [FILE_OR_FOLDER ...]

Without files: the whole standard library. Sources that do not compile have to fail with the same exception, details
and warnings included. Exit status 1 when anything differs.
"""
import argparse
import dis
import marshal
import os
import struct
import subprocess
import sys
import types

FIELDS = ("co_argcount co_posonlyargcount co_kwonlyargcount co_nlocals co_stacksize co_flags co_code co_names "
          "co_varnames co_freevars co_cellvars co_name co_qualname co_firstlineno co_linetable co_exceptiontable "
          "co_filename").split()

# Runs in both interpreters: path -> ("result", code or dumped tree) or ("error", description), with the warnings.
WORKER = r"""
import ast, marshal, struct, sys, warnings
sys.setrecursionlimit(20000)

def describe(error):
    text = [type(error).__name__, repr(error.args)]
    if isinstance(error, SyntaxError):
        text += [repr(getattr(error, name)) for name in
                 ("msg", "filename", "lineno", "offset", "end_lineno", "end_offset", "text")]
    return tuple(text)

def compile_file(path, optimize, tree):
    with open(path, "rb") as file:
        source = file.read()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            flags = ast.PyCF_ONLY_AST if tree else 0
            result = compile(source, path, "exec", flags, dont_inherit=True, optimize=optimize)
            result = ("result", ast.dump(result, include_attributes=True) if tree else result)
        except Exception as error:
            result = ("error", describe(error))
    return result + (tuple((w.category.__name__, str(w.message), w.filename, w.lineno) for w in caught),)
"""

SERVER = WORKER + r"""
for line in sys.stdin.buffer:
    data = marshal.dumps(compile_file(line[:-1].decode("utf-8", "surrogateescape"), int(sys.argv[1]), sys.argv[2] == "True"))
    sys.stdout.buffer.write(struct.pack("<I", len(data)) + data)
    sys.stdout.buffer.flush()
"""


class Difference(Exception):
    pass


def compare(want, got, where):
    if type(want) is not type(got):
        raise Difference(where, "type", type(want), type(got))
    if isinstance(want, types.CodeType):
        where = where + (want.co_qualname,)
        for field in FIELDS:
            if getattr(want, field) != getattr(got, field):
                raise Difference(where, field, want, got)
        compare(want.co_consts, got.co_consts, where)
    elif isinstance(want, tuple):
        if len(want) != len(got):
            raise Difference(where, "length", want, got)
        for i, pair in enumerate(zip(want, got)):
            compare(*pair, where + (i,))
    elif isinstance(want, frozenset):
        if sorted(map(repr, want)) != sorted(map(repr, got)):
            raise Difference(where, "frozenset", want, got)
    elif repr(want) != repr(got):
        raise Difference(where, "value", want, got)


def listing(code):
    for i in dis.get_instructions(code):
        argument = "" if i.opcode in dis.hasjrel else i.arg
        yield f"{i.opname} {argument} {i.argrepr if not isinstance(i.argval, types.CodeType) else ''} {tuple(i.positions)}"
    yield from map(str, dis._parse_exception_table(code))


def show(difference):
    import difflib
    where, what, want, got = difference.args
    print("   at", where, what)
    if isinstance(want, types.CodeType) and what in ("co_code", "co_linetable", "co_exceptiontable"):
        lines = difflib.unified_diff(list(listing(want)), list(listing(got)), "CPython", "krait", n=2, lineterm="")
        for line in list(lines)[:30]:
            print("     ", line)
        return
    for name, value in ("CPython", want), ("krait  ", got):
        print("     ", name, repr(getattr(value, what) if isinstance(value, types.CodeType) else value)[:300])


def sources(paths):
    for path in paths:
        if not os.path.isdir(path):
            yield path
            continue
        for folder, folders, files in os.walk(path):
            folders.sort()
            yield from (os.path.join(folder, name) for name in sorted(files) if name.endswith(".py"))


def read_answer(stream):
    (size,) = struct.unpack("<I", stream.read(4))
    return marshal.loads(stream.read(size))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("krait")
    parser.add_argument("paths", nargs="*", default=["/usr/lib/python3.11"])
    parser.add_argument("-O", "--optimize", type=int, default=0)
    parser.add_argument("--tree", action="store_true", help="syntax trees instead of code objects")
    parser.add_argument("--limit", type=int, default=10, help="differences shown")
    options = parser.parse_args()
    space = {}
    exec(WORKER, space)
    server = subprocess.Popen([options.krait, "-c", SERVER, str(options.optimize), str(options.tree)], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE)
    same = different = 0
    for path in sources(options.paths or ["/usr/lib/python3.11"]):
        want = space["compile_file"](path, options.optimize, options.tree)
        try:
            server.stdin.write(path.encode("utf-8", "surrogateescape") + b"\n")
            server.stdin.flush()
            compare(want, read_answer(server.stdout), ())
            same += 1
        except Difference as difference:
            different += 1
            if different <= options.limit:
                print(path)
                show(difference)
        except (struct.error, BrokenPipeError):
            sys.exit(f"{path}: krait died with status {server.wait()}")
    print(f"{same} equal, {different} different")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
