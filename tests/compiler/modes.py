"""What the modes of compile() differ in."""
for source in ('* "x"', '*x', '* """a\nb"""', '* """a\nb"""\n', '*(a\n)', '*[1,\n2]', '* x, y', 'x, *y', 'x, y,', '(*x, y)', 'yield', '(yield)', 'x := 1', '*x,', '* """a\nb""", c', '*"a" "b"', '*"a"\n"b"'):
    for mode in ('eval','exec','single'):
        try:
            compile(source, 'source', mode)
            print('fine')
        except SyntaxError as error:
            print(repr(source), mode, error.args)

# The mode "single": where the table of annotations is made.
for source in ('x: int\n', 'x.y: int = 3\n', 'if x:\n  y: int\n', '\n\nfor x in y: z: int = 2\n'):
    code = compile(source, 'source', 'single')
    print(list(code.co_positions())[:4], code.co_linetable)
