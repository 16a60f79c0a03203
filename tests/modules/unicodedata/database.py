# The character database: checksums over all code points, and the functions' errors.
import hashlib
import unicodedata as current


def digest(function, *fallback):
    total = hashlib.sha1()
    for code in range(0, 0x110000):
        total.update(repr(function(chr(code), *fallback)).encode('utf-8', 'surrogatepass'))
    return total.hexdigest()


def show(text):
    try:
        print(text, '->', ascii(eval(text)))
    except Exception as error:
        print(text, '->', type(error).__name__, ascii(str(error)))


old = current.ucd_3_2_0
for database in (current, old):
    for name in ('category', 'bidirectional', 'combining', 'mirrored', 'east_asian_width', 'decomposition'):
        print(name, digest(getattr(database, name)))
    for name in ('decimal', 'digit', 'numeric', 'name'):
        print(name, digest(getattr(database, name), None))
for name in ('lower', 'upper', 'title', 'casefold', 'isalpha', 'isalnum', 'isprintable', 'isspace', 'isidentifier', 'islower', 'isupper', 'istitle'):
    print(name, digest(getattr(str, name)))
for text in ['current.name("a")', 'current.name("\\x00")', 'current.name("\\x00", 1)', 'current.name("ab")', 'current.name(1)', 'current.name()', 'current.lookup("DIGIT ONE")', 'current.lookup("digit one")', 'current.lookup("nope")',
             'current.lookup("KEYCAP DIGIT ONE")', 'current.lookup("LATIN SMALL LETTER GHA")', 'old.lookup("LATIN SMALL LETTER GHA")', 'current.lookup("CJK UNIFIED IDEOGRAPH-4E00")', 'current.lookup("HANGUL SYLLABLE GAG")', 'current.lookup(1)',
             'current.decimal("a")', 'current.decimal("a", 5)', 'current.digit("²")', 'current.decimal("²")', 'old.decimal("²")', 'current.numeric("½")', 'current.numeric("a")', 'current.numeric("\\u4e00")', 'current.category("")', 'current.category(97)',
             'current.normalize("NFC", "e\\u0301")', 'current.normalize("NFX", "a")', 'current.normalize("NFX", "")', 'current.normalize("NFKD", "ﬁ①")', 'current.normalize(1, "a")', 'current.is_normalized("NFC", "e\\u0301")', 'current.is_normalized("NFX", "a")',
             'current.unidata_version', 'old.unidata_version', 'type(old).__name__', 'type(old)()', 'old.normalize("NFC", "\\U0002f868")', '"\\N{KEYCAP DIGIT ONE}" if 0 else 1', '"\\N{LATIN SMALL LETTER A}"', 'current.bidirectional("\\u05d0")']:
    show(text)
