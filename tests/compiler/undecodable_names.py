"""Names that are not UTF-8, in sources that are wrong without them, too."""
import ast

for s in (b"self$u\xffse = 0\n", b"(\n$\n\xff\xfe = 1\n", b"f'{a b}' \xff\n", b"if x\n  \xff\n"):
    for f in (lambda: compile(s,'n','exec'), lambda: ast.parse(s), lambda: exec(s), lambda: eval(s)):
        try: f(); print('fine')
        except Exception as e: print(type(e).__name__, e.args)
