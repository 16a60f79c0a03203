"""Work of the standard library: imports, tokenising, ast, textwrap, datetime, difflib."""
import ast
import collections
import datetime
import difflib
import textwrap

source = textwrap.dedent('''
    def area(shape, scale=1.0):
        """Area of a shape."""
        total = 0
        for side in shape.sides:
            total += side.length * scale
            if total > 100: break
        return {"total": total, "names": [s.name for s in shape.sides if s.name]}
''') * 20
for _ in range(40):
    tree = ast.parse(source)
    names = collections.Counter(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
    assert names["total"] == 80
    assert ast.unparse(tree).startswith("def area")
day = datetime.date(2020, 1, 1)
for n in range(15000):
    assert (day + datetime.timedelta(days=n)).isoformat()
words = "the quick brown fox jumps over the lazy dog " * 12
for _ in range(40):
    textwrap.fill(words, 50)
lines = source.splitlines()
for n in range(4):
    list(difflib.unified_diff(lines[:60], [line for i, line in enumerate(lines[:60]) if i % 7 != n]))
queue = collections.deque(maxlen=100)
table = collections.defaultdict(list)
for n in range(120000):
    queue.append(n)
    table[n & 255].append(n)
assert len(table) == 256 and len(queue) == 100
