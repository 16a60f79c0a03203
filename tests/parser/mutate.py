"""Makes invalid (and surprisingly valid) snippets: real statements with a token dropped, doubled, swapped or replaced.

    python3.11 mutate.py OUTPUT.pickle COUNT SEED FILE...
"""
import ast
import io
import pickle
import random
import sys
import tokenize

SPARE = ('( ) [ ] { } , : ; . = == := += -> * ** / @ + - ~ ! ? $ < <> in is not and or if else elif for while def class '
         'lambda yield await async with as from import return raise try except finally pass del global match case _ '
         'None True x 1 1.5 0x 0777 "s" \'s f"{a}" f"{a b}" f"{" b"x" """ \\ \n # ... print').split(' ') + ['\n    ', '  ', '\t']


def statements(path):
    with open(path, encoding='utf-8', errors='ignore') as file:
        source = file.read()
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return
    lines = source.split('\n')
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and node.end_lineno - node.lineno < 14:
            chunk = lines[node.lineno - 1:node.end_lineno]
            indent = len(chunk[0]) - len(chunk[0].lstrip())
            if all(not line[:indent].strip() for line in chunk):
                yield '\n'.join(line[indent:] for line in chunk) + '\n'


def mutate(source, rng):
    try:
        tokens = [t for t in tokenize.generate_tokens(io.StringIO(source).readline) if t.string.strip()]
    except (tokenize.TokenError, SyntaxError):
        return None
    if not tokens:
        return None
    lines = source.split('\n')
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    spans = [(starts[t.start[0] - 1] + t.start[1], starts[t.end[0] - 1] + t.end[1]) for t in tokens]
    for _ in range(rng.choice((1, 1, 1, 2))):
        begin, end = rng.choice(spans)
        kind = rng.randrange(7)
        if kind == 0:
            source = source[:begin] + source[end:]
        elif kind == 1:
            source = source[:end] + ' ' + source[begin:end] + source[end:]
        elif kind in (2, 3):
            source = source[:begin] + rng.choice(SPARE) + source[end:]
        elif kind in (4, 5):
            source = source[:begin] + rng.choice(SPARE) + ' ' + source[begin:]
        else:
            at = rng.randrange(len(source) + 1)
            source = source[:at] + source[at + 1:] if rng.random() < 0.6 else source[:at]
    return source


def main():
    output, count, seed, files = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]
    rng = random.Random(seed)
    pool = sorted({s for path in files for s in statements(path)})
    corpus = []
    while len(corpus) < count:
        mutated = mutate(rng.choice(pool), rng)
        if mutated is not None and '\0' not in mutated:
            corpus.append((mutated, rng.choice(('exec',) * 8 + ('single', 'eval')), 0, -1))
    with open(output, 'wb') as file:
        pickle.dump(corpus, file)
    print(len(pool), 'statements,', len(corpus), 'snippets')


if __name__ == '__main__':
    main()
