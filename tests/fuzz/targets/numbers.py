"""Texts of numbers: int, float, complex, and back."""
PIECES = ['0', '1', '9', '12', '_', '.', 'e', 'E', '+', '-', '0x', '0b', '0o', 'inf', 'nan', 'infinity', 'j', 'J', ' ', '\t',
          '\n', '\x0b', '\xa0', '\u3000', '\u0663', '\u0967', '\U0001d7d8', 'z', 'f', 'a', 'L', '(', ')', '\0', '1' * 40,
          '.5', 'e308', 'e-324', '1e', '4294967296', '9007199254740993', '0.1', '\ud800', '__', 'N', '\x1c', '\x85',
          '2.2250738585072011e-308', '179769313486231580793', '1' * 4301, '5' * 400]
BASES = [2, 3, 8, 10, 10, 10, 16, 36, 0, 0, 1, 37, -1]


def make(random):
    usual = random.random() < .6
    text = ''.join(random.choice(PIECES[:12] if usual and random.random() < .9 else PIECES) for _ in range(random.randrange(6)))
    return random.choice(['int', 'float', 'complex', 'bytes', 'base', 'hex', 'round', 'ratio']), text, random.choice(BASES)


def run(case):
    kind, text, base = case
    if kind == 'int':
        return repr(int(text))
    if kind == 'float':
        value = float(text)
        return f'{value!r} {value.hex()} {value:.3f} {value:e}'
    if kind == 'complex':
        return repr(complex(text))
    if kind == 'bytes':
        data = text.encode('utf-8', 'surrogatepass')
        return f'{int(data, base)}' if base % 2 else f'{float(bytearray(data))!r}'
    if kind == 'base':
        return repr(int(text, base))
    if kind == 'hex':
        return repr(float.fromhex(text))
    if kind == 'round':
        return repr([round(float(text), n) for n in (-3, 0, 1, 5, 17)])
    return repr(float(text).as_integer_ratio())
