"""What the mode "eval" takes: expressions without stars."""
for source in ('* "x"', '*x', '* """a\nb"""', '* """a\nb"""\n', '*(a\n)', '*[1,\n2]', '* x, y', 'x, *y', 'x, y,', '(*x, y)', 'yield', '(yield)', 'x := 1', '*x,', '* """a\nb""", c', '*"a" "b"', '*"a"\n"b"'):
    for mode in ('eval','exec','single'):
        try:
            compile(source, 'source', mode)
            print('fine')
        except SyntaxError as error:
            print(repr(source), mode, error.args)
