"""Compares ast_dump with CPython: every syntax tree and every syntax error must be equal.

    python3.11 oracle_ast.py TOOL files DIRECTORY...       every .py file below the directories
    python3.11 oracle_ast.py TOOL corpus FILE.pickle       snippets made by collect_snippets.py or mutate.py
    python3.11 oracle_ast.py TOOL warnings FILE.pickle     the same, warnings included
"""
import ast
import os
import pickle
import subprocess
import sys
import warnings

sys.set_int_max_str_digits(0)
sys.setrecursionlimit(20000)
warnings.simplefilter('ignore')


class Tool:
    def __init__(self, path):
        self.process = subprocess.Popen([path, '--batch'], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, mode, flags, source):
        self.process.stdin.write(b'%s %s %d\n' % (mode.encode(), flags.encode(), len(source)) + source)
        self.process.stdin.flush()
        size = self.process.stdout.readline()
        if not size:
            raise SystemExit(f'the tool died on {mode} {flags} {source[:300]!r}')
        return self.process.stdout.read(int(size)).decode('utf-8', 'surrogatepass')


def describe(error):
    kind = type(error).__name__
    if not isinstance(error, SyntaxError) or not isinstance(error.args[1:2], tuple) or len(error.args) < 2:
        return f'!{kind}\n\n{error}\n<none>'
    details = error.args[1]
    numbers = ' '.join(str(number) for number in (details[1:3] + details[4:6]))
    text = '<none>' if details[3] is None else details[3]
    return f'!{kind}\n{numbers}\n{error.args[0]}\n{text}'


ONLY_AST, DONT_IMPLY_DEDENT, TYPE_COMMENTS, INCOMPLETE, BARRY = 0x400, 0x200, 0x1000, 0x4000, 0x400000


def tool_flags(source, flags, feature_version):
    letters = ('s' if isinstance(source, str) else '') + ('t' if flags & TYPE_COMMENTS else '')
    letters += ('i' if flags & INCOMPLETE else '') + ('d' if flags & DONT_IMPLY_DEDENT else '')
    letters += ('b' if flags & BARRY else '') + (f'f{feature_version}' if feature_version >= 0 else '')
    return letters or '-'


def expected_with_warnings(source, mode, flags=0, feature_version=-1):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter('always')
        result = expected(source, mode, flags, feature_version)
    lines = [f'#{w.category.__name__} {w.lineno} {w.message}\n' for w in caught]
    return None if result is None else ''.join(lines) + result


def expected(source, mode, flags=0, feature_version=-1):
    try:
        tree = compile(source, '<unknown>', mode, flags | ONLY_AST, True, _feature_version=feature_version)
        return ast.dump(tree, include_attributes=True)
    except (SyntaxError, ValueError, MemoryError) as error:
        return describe(error)
    except RecursionError:
        return None


def show(name, source, want, got):
    print('---', name)
    if source is not None:
        print(repr(source)[:400])
    at = next((i for i, (a, b) in enumerate(zip(want, got)) if a != b), min(len(want), len(got)))
    at = 0 if want[:1] == '!' or got[:1] == '!' else max(0, at - 120)
    print('  want:', repr(want[at:at + 300]))
    print('  got: ', repr(got[at:at + 300]))


def compare_files(tool, roots):
    total = bad = 0
    for root in roots:
        paths = [root] if os.path.isfile(root) else (
            os.path.join(folder, name) for folder, _, names in os.walk(root) for name in sorted(names)
            if name.endswith('.py'))
        for path in paths:
            with open(path, 'rb') as file:
                source = file.read()
            want = expected(source, 'exec')
            if want is None:
                continue
            got = tool.ask('exec', '-', source)
            total += 1
            if want != got:
                bad += 1
                if bad <= 25:
                    show(path, None, want, got)
    print(f'{total} files, {bad} differ')
    return bad


def compare_corpus(tool, path, with_warnings=False):
    with open(path, 'rb') as file:
        corpus = pickle.load(file)
    total = bad = text_only = 0
    for source, mode, flags, feature_version in corpus:
        want = (expected_with_warnings if with_warnings else expected)(source, mode, flags, feature_version)
        if want is None:
            continue
        data = source.encode('utf-8', 'surrogatepass') if isinstance(source, str) else source
        letters = tool_flags(source, flags, feature_version)
        got = tool.ask(mode, 'w' + letters if with_warnings else letters, data)
        total += 1
        if want == got:
            continue
        if want[:1] == got[:1] == '!' and want.split('\n')[:3] == got.split('\n')[:3]:
            text_only += 1
            if text_only <= 5:
                show('only the text differs', source, want, got)
            continue
        bad += 1
        if bad <= 40:
            show(f'{mode} {letters}', source, want, got)
    print(f'{total} snippets, {bad} differ, {text_only} more in the source line only')
    return bad + text_only


def main():
    tool = Tool(sys.argv[1])
    compare = {'files': lambda: compare_files(tool, sys.argv[3:]),
               'corpus': lambda: compare_corpus(tool, sys.argv[3]),
               'warnings': lambda: compare_corpus(tool, sys.argv[3], True)}[sys.argv[2]]
    sys.exit(1 if compare() else 0)


if __name__ == '__main__':
    main()
