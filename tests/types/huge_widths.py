# Widths and precisions beyond memory or range: which exception, without filling memory first.
import resource

resource.setrlimit(resource.RLIMIT_AS, (1200 << 20, 1200 << 20))


def show(source):
    try:
        result = eval(source)
        print(source, "->", type(result).__name__, len(result))
    except Exception as error:
        print(source, "->", type(error).__name__, error)


for width in "2147483647", "2147483648", "9223372036854775807", "9223372036854775808":
    for text in (f"'%{width}d' % 1", f"'%.{width}d' % 1", f"'%.{width}x' % 1", f"b'%.{width}d' % 1", f"'%-{width}s' % 1",
                 f"'%.{width}f' % 1.5", f"b'%.{width}f' % 1.5", f"'%.{width}e' % 1.5", f"'%.{width}f' % float('inf')",
                 f"'%#.{width}g' % 1.5", f"'%*d' % ({width}, 1)", f"'%.*f' % ({width}, 1.5)", f"b'%{width}s' % b'x'",
                 f"format(1.5, '.{width}f')", f"format(1, '{width}')", f"format('x', '{width}')", f"f'{{1.5:.{width}f}}'",
                 f"format(1j, '.{width}f')", f"format(1, '.{width}d')", f"'{{:{{}}}}'.format(1, {width})",
                 f"'{{:.{{}}}}'.format('x', {width})", f"'{{{width}}}'.format(1)", f"'x'.ljust({width})", f"'x'.zfill({width})",
                 f"format(2.5, '.{width}%')"):
        show(text)

# There is no memory for the first piece before what follows it is looked at.
for text in ("'%99999999999d' % (1, 2)", "'%99999999999d%d' % (1,)", "'%99999999999s' % (1, 2)", "b'%99999999999d' % (1, 2)",
             "'%d%99999999999d' % (1, 'a')", "'%99999999999d%Z' % (1, 2)", "'%*d' % (10 ** 12, 2, 3)"):
    show(text)
