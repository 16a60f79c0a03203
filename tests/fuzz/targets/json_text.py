"""json: damaged documents, and dumping odd values with odd options."""
import json

TOKENS = ['{', '}', '[', ']', ':', ',', '"a"', '"', 'true', 'false', 'null', '1', '-', '0', '.5', 'e5', '1e999', 'NaN', 'Infinity',
          '-Infinity', ' ', '\n', '\\', '\\u', 'd800', '\\ud83d\\ude00', '\x00', '\x1f', '\u2028', '\ud800', '12345678901234567890',
          '"\\n"', '"\\x"', 'tru', "'", '/', '\ufeff', '"k": 1', '1.5', '-0', '01', '1' * 4400]
VALUES = [None, True, 1, -1.5, float('nan'), float('inf'), 'a', '\ud800"\\\x00\u2028', [], {}, 10 ** 30, (1, 2), b'x', {1: 2},
          {None: 1}, {(1,): 2}, {1.5: 1, True: 2}, {'b': 1, 'a': [1, {'c': None}]}, [[[1]]], 1j, {float('nan'): 1}, {2: 1, 'a': 2}]
OPTIONS = {'indent': [None, 0, 2, '\t', -1, 'xy'], 'separators': [None, (',', ':'), ('', ''), (1, 2)],
           'sort_keys': [True, False], 'ensure_ascii': [True, False], 'allow_nan': [True, False], 'skipkeys': [True, False],
           'check_circular': [True, False], 'default': [None, str, lambda o: o, repr]}
DOCUMENT = '{"a": [1, 2.5e3, "x\\u00e9\\n", null, true], "b": {"c": -0.1, "d": []}, "e": "\\ud83d\\ude00"}'


def make(random):
    if random.random() < .3:
        options = {name: random.choice(choices) for name, choices in OPTIONS.items() if random.random() < .3}
        return 'dumps', [random.choice(VALUES) for _ in range(random.randrange(4))], options
    text = DOCUMENT if random.random() < .5 else ''.join(random.choice(TOKENS) for _ in range(random.randrange(12)))
    for _ in range(random.randrange(4)):
        at = random.randrange(len(text) + 1)
        text = text[:at] + random.choice(['', random.choice(TOKENS)]) + text[at + random.randrange(3):]
    return 'loads', text, random.choice(['str', 'bytes', 'utf-16', 'latin-1', 'hook', 'loose'])


def run(case):
    kind, value, how = case
    if kind == 'dumps':
        return json.dumps(value, **how)
    if how == 'str':
        return repr(json.loads(value))
    if how == 'hook':
        return repr(json.loads(value, object_pairs_hook=tuple, parse_float=str, parse_int=str, parse_constant=str))
    if how == 'loose':
        return repr(json.loads(value, strict=False))
    return repr(json.loads(value.encode('utf-8' if how == 'bytes' else how, 'surrogatepass' if how != 'latin-1' else 'replace')))
