"""Names that are not UTF-8, in sources that are wrong without them, too; bad UTF-8 beside bad escapes in literals."""
import ast

for s in (b"self$u\xffse = 0\n", b"(\n$\n\xff\xfe = 1\n", b"f'{a b}' \xff\n", b"if x\n  \xff\n"):
    for f in (lambda: compile(s,'n','exec'), lambda: ast.parse(s), lambda: exec(s), lambda: eval(s)):
        try: f(); print('fine')
        except Exception as e: print(type(e).__name__, e.args)

for s in (b"'x\\U0\xc300E010'", b"'a\\x\xff'", b"'\xc3\xa9\\x1'", b"b'\\x1\xff'", b"f'{a}\\U0\xc3'", b"f'\\x{a}\xff'", b"'\\\xc3\xa9'", b"'\\N{\xc3}'"):
    try: print(ascii(eval(s, {'a':1})))
    except Exception as e: print(type(e).__name__, ascii(e.args))
