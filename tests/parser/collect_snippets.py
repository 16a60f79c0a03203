"""Collects every source text that CPython's own tests compile, as input for oracle_ast.py.

    python3.11 collect_snippets.py OUTPUT.pickle TEST_MODULE...      e.g. test_syntax test_fstring
"""
import ast
import builtins
import io
import pickle
import sys
import unittest

KEPT_FLAGS = 0x200 | 0x1000 | 0x4000 | 0x400000
seen = {}
real_compile = builtins.compile


def record(source, mode, flags, feature_version):
    if isinstance(source, (bytearray, memoryview)):
        source = bytes(source)
    if not isinstance(source, (str, bytes)) or len(source) > 200_000 or mode not in ('exec', 'eval', 'single', 'func_type'):
        return
    if isinstance(source, str):
        try:
            source.encode()
        except UnicodeEncodeError:
            return
    seen[type(source).__name__, source, mode, flags & KEPT_FLAGS, feature_version] = None


def compile(source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1):
    record(source, mode, flags, _feature_version)
    return real_compile(source, filename, mode, flags, True if not isinstance(source, ast.AST) else dont_inherit,
                        optimize, _feature_version=_feature_version)


real_exec, real_eval = builtins.exec, builtins.eval


def exec_(source, *args, **kwargs):
    record(source, 'exec', 0, -1)
    frame = sys._getframe(1)
    if not args:
        args = (frame.f_globals, frame.f_locals)
    return real_exec(source, *args, **kwargs)


def eval_(source, *args):
    record(source.lstrip(' \t') if isinstance(source, str) else source, 'eval', 0, -1)
    frame = sys._getframe(1)
    if not args:
        args = (frame.f_globals, frame.f_locals)
    return real_eval(source, *args)


def main():
    output, modules = sys.argv[1], sys.argv[2:]
    builtins.compile, builtins.exec, builtins.eval = compile, exec_, eval_
    for name in modules:
        try:
            suite = unittest.defaultTestLoader.loadTestsFromName('test.' + name)
            unittest.TextTestRunner(stream=io.StringIO()).run(suite)
        except BaseException as error:
            print(name, repr(error))
    builtins.compile, builtins.exec, builtins.eval = real_compile, real_exec, real_eval
    corpus = [key[1:] for key in seen]
    with open(output, 'wb') as file:
        pickle.dump(corpus, file)
    print(len(corpus), 'snippets')


if __name__ == '__main__':
    main()
