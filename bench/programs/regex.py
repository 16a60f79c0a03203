"""Regular expressions: scanning, substitution, splitting."""
import re

TEXT = """2024-01-15 12:30:45 INFO server started on port 8080 user=alice@example.com
2024-01-15 12:31:02 WARNING slow query took 1523ms table=users id=42
2024-01-15 12:31:59 ERROR failed to open "/var/log/app.log": permission denied
""" * 40

LINE = re.compile(r"^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d) (\w+) (.*)$", re.M)
WORD = re.compile(r"\b[a-z]+\b", re.I)
TOKEN = re.compile(r"""(?P<name>[A-Za-z_]\w*)|(?P<number>\d+(\.\d*)?)|(?P<op>[-+*/()=<>])|(?P<space>\s+)""")
SOURCE = "total = price * (1 + rate) - discount / 2.5 + offset * (alpha - beta) "

def tokens(text):
    position, kinds = 0, []
    while position < len(text):
        match = TOKEN.match(text, position)
        kinds.append((match.lastgroup, match.group()))
        position = match.end()
    return kinds

for _ in range(70):
    assert len(LINE.findall(TEXT)) == 120
    assert len(WORD.findall(TEXT)) == 1040
    assert "<n>" in re.sub(r"\d+", "<n>", TEXT)
    assert len(re.split(r"[\s,;:]+", TEXT)) > 100
    assert re.search(r"(a|b)*zzz", TEXT) is None
    assert [m.group(7) for m in LINE.finditer(TEXT)][:2] == ["INFO", "WARNING"]
for _ in range(8000):
    assert len(tokens(SOURCE)) == 38
