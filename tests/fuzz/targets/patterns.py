"""re: random patterns over short subjects."""
import re

ATOMS = ['a', 'b', 'c', '.', '\\d', '\\w', '\\s', '\\b', '\\B', '\\A', '\\Z', '^', '$', '[ab]', '[^a]', '[a-c]', '[\\w-]', '(a)',
         '(?:a|b)', '(a|ab)', '(b*)', '()', '\\1', '\\2', '(?P<n>a)', '(?P=n)', '(?=a)', '(?!b)', '(?<=a)', '(?<!b)', '(?>a*)', '(?i:A)',
         '(?-i:a)', '(?1)', '(?(1)a|b)', '\\x61', '\\u0061', '\\0', '\\', '[', ']', '(', ')', '|', '{', '}', '\\N{DIGIT ONE}', '\u00e9',
         '\u0130', '\u017f', 'K', '(?#x)', '(?x) a', '(?s)', '(?i)', '(?a)', '(?u)', '(?L)', '[[:alpha:]]', '[a&&b]', '[a-\\d]', '(a(b)?)+',
         '(?P<', '(?P>', '[z-a]', '\\8', '\\g<1>', '-', '\n', ' ', '#']
REPEATS = ['', '', '', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{1,3}', '{,2}', '{2,}', '*+', '++', '?+', '{1,2}?', '{1,2}+', '{3,1}', '**',
           '{99999999999}', '{4294967295}']
SUBJECT = ['a', 'b', 'c', 'ab', 'abc', '1', ' ', '\n', 'A', '\u00e9', '\u0131', '\u017f', 'K', '\u0130', '\x00', '_', '\U0001f600']
FLAGS = [0, 0, re.I, re.M, re.S, re.X, re.A, re.I | re.A, re.I | re.M | re.S, re.U, re.L]
TEMPLATES = ['x', '', '\\1', '\\g<0>', '\\g<n>', '\\2', '\\', '\\n', '\\g<', '<\\1>', '\\0', '\\400']


def make(random):
    pattern = ''.join(random.choice(ATOMS) + random.choice(REPEATS) for _ in range(random.randrange(7)))
    if random.random() < .3:
        pattern = '(' + pattern + ')' + random.choice(REPEATS)
    subject = ''.join(random.choice(SUBJECT) for _ in range(random.randrange(14)))
    return pattern, subject, random.choice(FLAGS), random.choice(TEMPLATES), random.randrange(5) == 0


def describe(match):
    return match and (match.regs, match.lastindex, match.lastgroup, match.groupdict())


def run(case):
    pattern, subject, flags, template, as_bytes = case
    if as_bytes:
        pattern, subject, template = (x.encode('utf-8') for x in (pattern, subject, template))
    compiled = re.compile(pattern, flags)
    out = [compiled.flags, compiled.groups, sorted(compiled.groupindex.items()), describe(compiled.match(subject)),
           describe(compiled.search(subject, 1, 9)), describe(compiled.fullmatch(subject)), compiled.findall(subject),
           compiled.split(subject, 3)]
    try:
        out.append(compiled.subn(template, subject))
    except (re.error, IndexError) as error:
        out.append(str(error))
    return repr(out)
