# The format mini-language, str.format and the % operator.
import itertools


def show(text):
    try:
        print(text, '->', ascii(eval(text)))
    except Exception as error:
        print(text, '->', type(error).__name__, ascii(str(error)))


class F:
    def __format__(self, spec):
        return f'F<{spec}>'

    def __getitem__(self, key):
        return key

    def __repr__(self):
        return 'répr'

    a = 5


f = F()
SPECS = ['', '5', '<5', '>5', '^5', '=5', '*^7', '05', '+', '-', ' ', '+5', '#', '#x', 'x', 'X', 'o', 'b', 'c', 'd', 'n', 'e', 'E', 'f',
         'F', 'g', 'G', '%', 's', ',', '_', ',d', '_d', '_x', ',x', '_b', '.2', '.2f', '.0f', '.3g', '#.3g', '.3e', 'z', 'z.1f', '010,',
         '010_', '+010.2f', '*<10', '*=10', '😀^10', '10.3', '.3%', '020,.2f', '#010x', '#_b', 'xx', '5,_', ',_', '_,', '__', ',,', '.',
         '99999999999999999999', '.99999999999999999999', '\u1234', '<<', '=<', '  ', '+ ', '08,d', '012,d', '013_x', '<012,d', '=012,d',
         '^012,d', 'é>3', 'ld', 'y', '1.5x', ' .2e', '-5d', '-05d']
for value, spec in itertools.product(['ab', '', 'é語', 42, -42, 0, True, 10**25, 1.5, -0.0, 1e300, float('inf'), float('nan'),
                                      1234567.891, 0.0001, 1 + 2j, None], SPECS):
    show(f'format({value!r}, {spec!r})'.replace('inf', 'float("inf")').replace('nan', 'float("nan")'))
for text in ['"{}".format(1)', '"{} {}".format(1)', '"{0} {}".format(1)', '"{} {0}".format(1)', '"{1} {0}".format(1, 2)', '"{a}".format(a=1)',
             '"{a}".format()', '"{".format()', '"}".format()', '"{{}}".format()', '"{{{}}}".format(1)', '"{!r}".format("a")', '"{!s:>5}".format("a")',
             '"{!a}".format("é")', '"{!x}".format(1)', '"{!}".format(1)', '"{!r".format(1)', '"{!rx}".format(1)', '"{:{}}".format(1, 5)',
             '"{:{}.{}}".format(1.5, 8, 3)', '"{:{:{}}}".format(1, 2, 3)', '"{0[a]}".format(f)', '"{0[0]}".format([7])', '"{0[a}".format(f)',
             '"{0[]}".format(f)', '"{0.a}".format(f)', '"{0.}".format(f)', '"{0.b}".format(f)', '"{0[a]b}".format(f)', '"{0[-1]}".format(f)',
             '"{0[1]}".format(f)', '"{0:x{1}}".format(f, 2)', '"{:}".format(f)', '"{:abc}".format(f)', '"{!r:>6}".format(f)', '"{a.b}".format(a=1)',
             '"{99999999999999999999}".format(1)', '"{-1}".format(1)', '"{ }".format(1)', '"{0 }".format(1)', '"a{b".format(b=1)', '"a}b".format()',
             '"{a{b}}".format(a=1)', '"{:{{}}}".format(1)', '"{0!r}{0!s}".format("é")', '"{x[y][z]}".format(x={"y": {"z": 3}})', '"{}".format()',
             '"{0}".format()', '"{a}".format_map({"a": 1})', '"{a}".format_map({})', '"{}".format_map({})', '"{0}".format_map([1])', '"{a[0]}".format_map({"a": [4]})',
             '"{:%Y}".format(f)', '"{0.__class__.__name__}".format(1)', '"{:>{w}}".format("x", w=4)', '"é{}語".format("😀")', '"{:c}".format(0x1f600)',
             'f"{1!r:>5}{f:é}"', 'f"{1:{2}}"']:
    show(text)
for text in ['"%d" % 5', '"%5d|%-5d|%05d" % (1, 2, 3)', '"%+d % d" % (1, 2)', '"%x %X %#x %#X %o %#o" % (255,) * 1', '"%x %X %#x %#X %o %#o" % ((255,) * 6)',
             '"%i %u" % (1, 2)', '"%s %r %a" % ("é",) ', '"%s %r %a" % ("é", "é", "é")', '"%.2s|%5s|%-5s|" % ("abc", "a", "b")', '"%c%c" % (65, "é")', '"%c" % "ab"', '"%c" % -1',
             '"%c" % 0x110000', '"%c" % 1.5', '"%f %.2f %e %E %g %G" % ((1234.5678,) * 6)', '"%5.1f|%-8.2f|%+.1f|%08.2f" % ((3.14159,) * 4)', '"%#.0f %#g" % (1, 1)',
             '"%f" % float("inf")', '"%05f" % float("-inf")', '"%F" % float("nan")', '"%%" % ()', '"%5%" % ()', '"%5%" % 1', '"%(a)%" % {"a": 1}', '"%-%" % {}', '"%(a)s" % {"a": 1}', '"%(a)s %(b)s" % {"a": 1}',
             '"%(a)s" % 1', '"%(a" % {}', '"%(a(b)c)s" % {"a(b)c": 3}', '"%*d" % (5, 1)', '"%-*d|" % (5, 1)', '"%*d" % (-5, 1)', '"%.*f" % (2, 1.234)', '"%.*f" % (-1, 1.234)',
             '"%*d" % ("a", 1)', '"%d" % "a"', '"%x" % 1.5', '"%d" % 1.9', '"%d" % None', '"%f" % "a"', '"%s" % (1, 2)', '"%s %s" % 1', '"%s" % ()', '"%" % 1', '"%z" % 1',
             '"%\\u1234" % 1', '"%ld %hd %Ld" % (1, 2, 3)', '"%.3d" % 5', '"%.0d" % 0', '"%8.3d" % -5', '"%08.3d" % -5', '"%-08d|" % 5', '"%#08x" % 255', '"%#-8x|" % 255',
             '"%+x" % 255', '"%x" % -255', '"%d" % 10**40', '"%x" % -10**30', '"%99999999999999999999d" % 1', '"%.99999999999d" % 1', '"%d" % True', '"%s" % f', '"%r" % f', '"%a" % f',
             '"abc" % ()', '"abc" % {}', '"abc" % 1', '"abc" % []', '"%s" % [1]', '"%s" % {1: 2}', '"%(x)d %%" % {"x": 3}', '"%(x)s %s" % {"x": 3}', '"%é" % 1', '"é%s" % "語"',
             '"%5c|%-5c|" % ("a", "b")', '"%.1r" % "abc"', '"%s" % b"x"', '"% 5d" % 42', '"%0+5d" % 42', '"%.50f" % 0.1', '"%.0e" % 12345', '"%g" % 1e20', '"%#x" % 0', '"%+s" % "a"',
             '"%05s" % "a"', '"%o" % -8', '"%d%d" % (1,)', '"%s" % ((1, 2),)', '"%.2f%%" % 12.345', '"%i" % 1e30', '"%d" % float("inf")', '"%d" % 1j', '"%s%%s" % 1 % 2']:
    show(text)
import _string
print(list(_string.formatter_parser('a{b!r:>{w}}c{{d}}')))
print([(first, list(rest)) for first, rest in (_string.formatter_field_name_split(n) for n in ('a.b[c][1]', '0', '', '0[x].y'))])
show('list(_string.formatter_parser("{"))')
show('_string.formatter_parser(1)')
show('list(_string.formatter_field_name_split("a[")[1])')

try:  # a width beyond memory, and the text is all there is
    '%*s' % (2**62, 'a')
except MemoryError:
    print('MemoryError')
