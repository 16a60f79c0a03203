"""Format specifications: format(), str.format and the two % operators."""
import datetime
import decimal
import fractions

VALUES = [0, 1, -1, 12345, 10 ** 30, -2 ** 63, True, 0.0, -0.0, 1.5, -2.675, 1e300, 1e-300, 123456789.123, float('inf'),
          float('nan'), 1j, 1.5 - 2j, 'abc', '', 'a\u0663\U0001f600', None, [1, 'x'], (1, 2), (), {'a': 1, 'b': 'x'}, b'by',
          decimal.Decimal('1.25'), fractions.Fraction(1, 3), datetime.date(2001, 2, 3), int, '\ud800', 97, 255, 0x110000]
SPEC = list('<>=^+- #0,_.bcdeEfFgGnosxX%z!r') + ['10', '3', '.2', '.0', '{}', '{0}', '{a}', '*', '\u00e9', '.', '0', '200',
                                               '99999999999', '{', '}', ':', '!s', '!x', '[0]', '.real', '.x', 'h', 'l', '()']
PERCENT = list('diouxXeEfFgGcrsab%') + ['(a)d', '(a)s', '(b)5s', '*d', '.*f', '-5d', '05d', '+d', ' d', '#x', '.3s', '.0f',
                                       '(', ')', '', '%', '10', 'ld', 'hd', '.', '2147483648d', '.2147483648f', '5.2f', '#o']


def pieces(random, source, most):
    return ''.join(random.choice(source) for _ in range(random.randrange(most)))


def make(random):
    kind = random.randrange(5)
    values = [random.choice(VALUES) for _ in range(random.randrange(4))]
    if kind < 2:
        return 'format', random.choice(VALUES), pieces(random, SPEC, 6)
    if kind == 2:
        fields = ''.join(random.choice(['{', '{0', '{a', '{1', '{:', '{!r', '{0:', '{{', '}}', 'x']) + pieces(random, SPEC, 4) +
                         random.choice(['}', '}', '}', '']) for _ in range(random.randrange(4)))
        return 'str.format', fields, values
    text = ''.join(random.choice(['%', '%', 'x', '\u00e9']) + pieces(random, PERCENT, 4) for _ in range(random.randrange(4)))
    arguments = random.choice([tuple(values), random.choice(VALUES), {'a': 5, 'b': 'z'}])
    return ('%', '%b')[kind - 3], text, arguments


def run(case):
    kind, text, values = case
    if kind == 'format':
        return repr(format(text, values))
    if kind == 'str.format':
        return repr(text.format(*values, a=1.5))
    if kind == '%':
        return repr(text % values)
    if isinstance(values, dict):
        values = {b'a': 5, b'b': b'z'}
    return repr(text.encode() % values)
