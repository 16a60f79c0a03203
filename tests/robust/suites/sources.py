"""Source text and syntax trees nested DEPTH deep."""
import ast
import copy
import pickle
import symtable

# (what opens, what is in the middle, what closes); {} stands for a number of its own in each copy.
NESTED = {
    'parentheses': ('(', '1', ')'), 'list': ('[', '1', ']'), 'tuple': ('(', '1', ',)'), 'set': ('{{', '1', '}}'), 'dict': ('{{1:', '1', '}}'),
    'call': ('f(', '1', ')'), 'keyword': ('f(a=', '1', ')'), 'star': ('f(*', 'a', ')'), 'double star': ('f(**', 'a', ')'), 'subscript': ('a[', '1', ']'),
    'slice': ('a[1:', '1', ']'), 'not': ('not ', '1', ''), 'minus': ('-', '1', ''), 'plus': ('+', '1', ''), 'tilde': ('~', '1', ''), 'power': ('2**', '1', ''),
    'power of minus': ('2**-', '1', ''), 'lambda': ('lambda:', '1', ''), 'lambda default': ('lambda a=', '1', ':1'), 'lambda with an argument': ('lambda a:', '1', ''),
    'conditional': ('1 if 1 else ', '1', ''), 'condition': ('1 if ', '1', ' else 1'), 'walrus': ('(a:=', '1', ')'), 'list comprehension': ('[', '1', ' for a in b]'),
    'comprehension in': ('[1 for a in ', 'b', ']'), 'comprehension if': ('[1 for a in b if ', 'b', ']'), 'generator': ('(', '1', ' for a in b)'),
    'set comprehension': ('{{', '1', ' for a in b}}'), 'dict comprehension': ('{{1:', '1', ' for a in b}}'), 'f-string': ("f'{{", '1', "}}'"),
    'await': ('await ', 'a', ''), 'yield': ('(yield ', '1', ')'), 'yield from': ('(yield from ', '1', ')'), 'starred': ('[*', 'a', ']'),
    'plus right': ('1+(', '1', ')'), 'compare right': ('1<(', '1', ')'), 'and right': ('a and (', '1', ')'), 'format spec': ("f'{{a:{{", '1', "}}}}'"),
}
REPEATED = {
    'attribute': ('a', '.b'), 'calls': ('a', '()'), 'items': ('a', '[0]'), 'additions': ('1', '+1'), 'multiplications': ('a', '*a'), 'comparisons': ('a', '<a'),
    'and': ('a', ' and a'), 'or': ('a', ' or a'), 'mixed': ('a', ' or a and a'), 'powers': ('a', '**a'), 'literals': ("'a'", " 'a'"), 'formats': ("f'{a}'", " f'{a}'"),
    'in': ('a', ' not in a'), 'elements': ('a', ',a'), 'for': ('[1 for a in b', ' for a in b'), 'ifs': ('[1 for a in b', ' if a'), 'conditionals': ('a', ' if a else a'),
    'dots': ('a', '.a()[0]'), 'shift': ('a', '<<a'), 'matmul': ('a', '@a'),
}
STATEMENTS = {
    'elif': ('if a: pass\n', 'elif a: pass\n', ''), 'except': ('try: pass\n', 'except A: pass\n', ''), 'case': ('match a:\n', ' case 1: pass\n', ''),
    'assignments': ('', 'a=', '1'), 'decorators': ('', '@a\n', 'def f(): pass'), 'with items': ('with a', ',a', ': pass'), 'targets': ('a', ',a', '=b'),
    'del': ('del a', ',a', ''), 'global': ('global a', ',a', ''), 'parameters': ('def f(*', 'a', '): pass'), 'semicolons': ('a', ';a', ''), 'import': ('import a', '.a', ''),
    'from': ('from ', '.', 'a import b'), 'del nested': ('del ' + '(' * 100, 'a,', ')' * 100), 'or patterns': ('match a:\n case 1', '|1', ': pass'),
    'lambda star': ('', 'lambda *a:', '1'), 'target parentheses': ('', '(', 'a'), 'annotation': ('a:', 'b[', ''), 'backslashes': ('', '\\\n', 'a'),
    'pattern parentheses': ('match a:\n case ', '(', ''), 'pattern brackets': ('match a:\n case ', '[', ''), 'pattern mapping': ('match a:\n case ', '{1:', ''),
    'pattern class': ('match a:\n case ', 'A(', ''), 'pattern as': ('match a:\n case 1', ' as a', ': pass'),
}
BLOCKS = ('if 1:', 'while 1:', 'for a in b:', 'with a:', 'try:', 'def f():', 'class C:', 'async def f():', 'match a:', 'else:')


def compile_all(text, modes=('exec', 'eval')):
    for mode in modes:
        for flags in (0, ast.PyCF_ONLY_AST):
            attempt(lambda: compile(text, 's', mode, flags))
    attempt(lambda: symtable.symtable(text, 's', 'exec'))
    attempt(lambda: ast.literal_eval(text))


def attempt(function):
    """Each of several steps of a case may end in an exception."""
    try:
        return function()
    except (RecursionError, MemoryError, SyntaxError, ValueError, TypeError, AttributeError, OverflowError, SystemError) as error:
        if isinstance(error, SystemError):
            raise


def expression(build):
    node = ast.Name('x', ast.Load())

    def run(depth):
        made = node
        for _ in range(depth):
            made = build(made)
        whole(ast.Expression(made), 'eval')
    return run


def statement(build):
    def run(depth):
        made = ast.Pass()
        for _ in range(depth):
            made = build(made)
        whole(ast.Module([made], []), 'exec')
    return run


def pattern(build):
    def run(depth):
        made = ast.MatchValue(ast.Constant(1))
        for _ in range(depth):
            made = build(made)
        whole(ast.Module([ast.Match(ast.Name('x', ast.Load()), [ast.match_case(made, None, [ast.Pass()])])], []), 'exec')
    return run


def constant(build):
    def run(depth):
        made = 1
        for _ in range(depth):
            made = build(made)
        whole(ast.Expression(ast.Constant(made)), 'eval')
    return run


def place(tree):
    """ast.fix_missing_locations, without its recursion."""
    nodes = [tree]
    while nodes:
        node = nodes.pop()
        for field in node._fields:
            value = getattr(node, field, None)
            nodes += [value] if isinstance(value, ast.AST) else [v for v in value if isinstance(v, ast.AST)] if isinstance(value, list) else []
        if 'lineno' in node._attributes:
            node.lineno, node.col_offset, node.end_lineno, node.end_col_offset = 1, 0, 1, 0


def whole(tree, mode):
    place(tree)
    attempt(lambda: compile(tree, 's', mode))
    attempt(lambda: compile(tree, 's', mode, ast.PyCF_ONLY_AST))
    attempt(lambda: compile(tree, 's', mode, optimize=2))
    for action in (ast.dump, ast.unparse, copy.deepcopy, copy.copy, pickle.dumps, lambda t: list(ast.walk(t)), ast.literal_eval):
        attempt(lambda: action(tree))


def name(ctx=ast.Load()):
    return ast.Name('x', ctx)


def arguments(default=()):
    return ast.arguments([], [ast.arg('a')] if default else [], None, [], [], None, list(default))


def comprehension(source, test=()):
    return [ast.comprehension(ast.Name('a', ast.Store()), source, list(test), 0)]


EXPRESSIONS = {
    'UnaryOp': lambda x: ast.UnaryOp(ast.USub(), x), 'BinOp left': lambda x: ast.BinOp(x, ast.Add(), name()), 'BinOp right': lambda x: ast.BinOp(name(), ast.Add(), x),
    'BoolOp': lambda x: ast.BoolOp(ast.And(), [name(), x]), 'BoolOp left': lambda x: ast.BoolOp(ast.Or(), [x, name()]), 'Compare': lambda x: ast.Compare(x, [ast.Lt()], [name()]),
    'Call': lambda x: ast.Call(x, [], []), 'argument': lambda x: ast.Call(name(), [x], []), 'keyword': lambda x: ast.Call(name(), [], [ast.keyword('a', x)]),
    'Attribute': lambda x: ast.Attribute(x, 'a', ast.Load()), 'Subscript': lambda x: ast.Subscript(x, name(), ast.Load()), 'index': lambda x: ast.Subscript(name(), x, ast.Load()),
    'Slice': lambda x: ast.Subscript(name(), ast.Slice(x), ast.Load()), 'List': lambda x: ast.List([x], ast.Load()), 'Tuple': lambda x: ast.Tuple([x], ast.Load()),
    'Set': lambda x: ast.Set([x]), 'Dict': lambda x: ast.Dict([name()], [x]), 'Dict key': lambda x: ast.Dict([x], [name()]), 'Starred': lambda x: ast.List([ast.Starred(x, ast.Load())], ast.Load()),
    'IfExp': lambda x: ast.IfExp(name(), name(), x), 'IfExp test': lambda x: ast.IfExp(x, name(), name()), 'Lambda': lambda x: ast.Lambda(arguments(), x),
    'Lambda default': lambda x: ast.Lambda(arguments([x]), name()), 'ListComp': lambda x: ast.ListComp(x, comprehension(name())), 'ListComp in': lambda x: ast.ListComp(name(), comprehension(x)),
    'ListComp if': lambda x: ast.ListComp(name(), comprehension(name(), [x])), 'GeneratorExp': lambda x: ast.GeneratorExp(x, comprehension(name())),
    'DictComp': lambda x: ast.DictComp(name(), x, comprehension(name())), 'NamedExpr': lambda x: ast.NamedExpr(name(ast.Store()), x),
    'JoinedStr': lambda x: ast.JoinedStr([ast.FormattedValue(x, -1)]), 'format spec': lambda x: ast.JoinedStr([ast.FormattedValue(name(), -1, x)]) if isinstance(x, ast.JoinedStr) else ast.JoinedStr([ast.FormattedValue(x, -1)]),
    'Await': ast.Await, 'Yield': ast.Yield, 'YieldFrom': ast.YieldFrom,
}
TREE_STATEMENTS = {
    'If': lambda x: ast.If(name(), [x], []), 'orelse': lambda x: ast.If(name(), [ast.Pass()], [x]), 'While': lambda x: ast.While(name(), [x], []),
    'For': lambda x: ast.For(name(ast.Store()), name(), [x], []), 'With': lambda x: ast.With([ast.withitem(name())], [x]), 'Try': lambda x: ast.Try([x], [], [], [ast.Pass()]),
    'handler': lambda x: ast.Try([ast.Pass()], [ast.ExceptHandler(None, None, [x])], [], []), 'finally': lambda x: ast.Try([ast.Pass()], [], [], [x]),
    'TryStar': lambda x: ast.TryStar([x], [ast.ExceptHandler(name(), None, [ast.Pass()])], [], []), 'FunctionDef': lambda x: ast.FunctionDef('f', arguments(), [x], [], None),
    'ClassDef': lambda x: ast.ClassDef('C', [], [], [x], []), 'AsyncFunctionDef': lambda x: ast.AsyncFunctionDef('f', arguments(), [x], [], None),
    'Match': lambda x: ast.Match(name(), [ast.match_case(ast.MatchAs(), None, [x])]),
}
PATTERNS = {
    'MatchSequence': lambda x: ast.MatchSequence([x]), 'MatchMapping': lambda x: ast.MatchMapping([ast.Constant(1)], [x], None), 'MatchClass': lambda x: ast.MatchClass(name(), [x], [], []),
    'MatchClass keyword': lambda x: ast.MatchClass(name(), [], ['a'], [x]), 'MatchOr': lambda x: ast.MatchOr([ast.MatchValue(ast.Constant(1)), x]), 'MatchAs': lambda x: ast.MatchAs(x, 'a'),
}
CONSTANTS = {'tuple': lambda x: (x,), 'frozenset': lambda x: frozenset([x])}


def target(depth):
    """Assignment and deletion targets nested DEPTH deep."""
    for context, wrap in ((ast.Store(), lambda t: ast.Assign([t], name())), (ast.Del(), lambda t: ast.Delete([t])), (ast.Store(), lambda t: ast.For(t, name(), [ast.Pass()], []))):
        made = name(context)
        for _ in range(depth):
            made = ast.Tuple([made], context)
        whole(ast.Module([wrap(made)], []), 'exec')


def blocks(header, depth):
    inner = {'match a:': ' case 1:', 'try:': '', 'else:': ''}.get(header, '')
    step = 2 if inner else 1
    lines = []
    for i in range(depth):
        indent = ' ' * (i * step)
        if header == 'else:':
            lines.append(f'{indent}if 1: pass\n')
        lines.append(f'{indent}{header}\n')
        if inner:
            lines.append(f'{indent}{inner}\n')
    lines.append(' ' * (depth * step) + 'pass\n')
    compile_all(''.join(lines), ['exec'])


def cases(depth):
    for name_, (opening, middle, closing) in NESTED.items():
        opening, closing = opening.replace('{{', '{').replace('}}', '}'), closing.replace('{{', '{').replace('}}', '}')
        yield f'source: {name_}', lambda: compile_all(opening * depth + middle + closing * depth)
        yield f'source: {name_}, open', lambda: compile_all(opening * depth)
        for shallow in (15, 60, 90, 150, 500, 3000):
            yield f'source: {name_} {shallow}', lambda: compile_all(opening * shallow + middle + closing * shallow)
    for name_, (first, rest) in REPEATED.items():
        yield f'source: repeated {name_}', lambda: compile_all(first + rest * depth)
        yield f'source: 1000 {name_}', lambda: compile_all(first + rest * 1000)
    for name_, (first, rest, last) in STATEMENTS.items():
        yield f'source: statement {name_}', lambda: compile_all(first + rest * depth + last, ['exec'])
        yield f'source: 1000 of statement {name_}', lambda: compile_all(first + rest * 1000 + last, ['exec'])
    for header in BLOCKS:
        for levels in (15, 19, 21, 50, 99, 101, 3000):
            yield f'source: {levels} {header}', lambda: blocks(header, levels)
    for kind, table in (expression, EXPRESSIONS), (statement, TREE_STATEMENTS), (pattern, PATTERNS), (constant, CONSTANTS):
        for name_, build in table.items():
            for levels in (500, 5000, depth):
                yield f'tree: {levels} {name_}', lambda: kind(build)(levels)
    for levels in (500, 5000, depth):
        yield f'tree: {levels} targets', lambda: target(levels)
