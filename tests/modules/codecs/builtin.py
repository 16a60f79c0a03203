# The built-in codecs: malformed input under every error handler, incremental decoding, the registry.
import _codecs
import codecs
import itertools


def show(text):
    try:
        print(text, '->', ascii(eval(text)))
    except UnicodeError as error:
        print(text, '->', type(error).__name__, ascii(str(error)), getattr(error, 'start', ''), getattr(error, 'end', ''))
    except Exception as error:
        print(text, '->', type(error).__name__, ascii(str(error)))


codecs.register_error('bad1', lambda e: 1)
codecs.register_error('bad2', lambda e: ('a', 99))
codecs.register_error('bad3', lambda e: (1, 1))
codecs.register_error('wide', lambda e: ('é', e.end))
codecs.register_error('back', lambda e: ('<>', -1))
codecs.register_error('raw', lambda e: (b'RR', e.end))


def swap_input(error):
    if isinstance(error, UnicodeDecodeError):
        error.object = b'new'
        return ('!', 3)
    return ('!', error.end)


codecs.register_error('swap', swap_input)
HANDLERS = ['strict', 'ignore', 'replace', 'backslashreplace', 'xmlcharrefreplace', 'namereplace', 'surrogateescape', 'surrogatepass', 'bad1', 'bad2', 'bad3', 'wide', 'back', 'raw', 'swap', 'nope']
ENCODINGS = ['utf-8', 'utf-16', 'utf-16-le', 'utf-16-be', 'utf-32', 'utf-32-le', 'utf-32-be', 'ascii', 'latin-1', 'cp1252', 'utf-7', 'unicode_escape', 'raw_unicode_escape', 'utf-8-sig', 'charmap']
BYTES = [b'', b'abc', b'\xff', b'a\x80b', b'\xc3', b'\xc3\xa9', b'\xe9', b'\xe6\x97', b'\xe6\x97\xa5x', b'\xed\xa0\x80', b'\xed\xa0', b'\xf0\x9f\x98', b'\xf0\x9f\x98\x80', b'\xf5', b'\xc0\x80', b'\xe0\x80\x80',
         b'\xf4\x90\x80\x80', b'a\xffb\xfec', b'\xff\xfea\x00', b'\xfe\xff\x00a', b'\x00\xd8', b'\x00\xd8\x00\xdc', b'\x00\xdc\x00\x00', b'\xff\xfe\x00\x00a\x00\x00\x00', b'\x00\x00\xfe\xff\x00\x00\x00a',
         b'\x00\x00\x11\x00', b'\x81', b'+AGE-', b'+', b'+-', b'+AGE', b'+A-', b'+2D3eAA-', b'+2AE-x', b'+@', b'a+AGEA-', b'\\', b'\\x41', b'\\x4', b'\\u00e9', b'\\u12', b'\\U0001f600', b'\\U00110000', b'\\N{DIGIT ONE}',
         b'\\N{foo}', b'\\N', b'\\N{', b'\\101', b'\\n\\t\\\\', b'\\\n', b'\\ud800', b'\\xzz', b'\xef\xbb\xbfx']
STRINGS = ['', 'abc', 'é', 'aéb', '日本', '😀', '\ud800', 'a\udc80b', '\ud83d\ude00', '+', 'a+b', '~\\', '\x00\x7f\x80', 'a\u20acb', '\udcff\udc00']
for encoding, errors in itertools.product(ENCODINGS, HANDLERS):
    for data in BYTES:
        if not (errors == 'back' and data):
            show(f'{data!r}.decode({encoding!r}, {errors!r})')
    for text in STRINGS:
        if errors != 'back':
            show(f'{text!r}.encode({encoding!r}, {errors!r})'.encode('ascii', 'backslashreplace').decode())
for function in ('utf_8', 'utf_7', 'utf_16', 'utf_16_le', 'utf_16_be', 'utf_32', 'unicode_escape', 'raw_unicode_escape'):
    for data in BYTES:
        show(f'_codecs.{function}_decode({data!r}, "replace", False)')
        show(f'_codecs.{function}_decode({data!r}, None, True)')
for text in ['codecs.lookup("nope")', 'codecs.lookup("UTF-8").name', 'codecs.lookup("Latin 1").name', 'codecs.lookup("utf8") is codecs.lookup("utf-8")', 'codecs.lookup(1)', 'codecs.lookup("a\\0b")',
             'codecs.lookup_error("nope")', 'codecs.register_error("a", 1)', 'codecs.register(1)', 'codecs.encode("a", "rot13")', 'codecs.encode("a", "hex")', '"a".encode("hex")', 'b"a".decode("rot13")',
             'codecs.decode(b"6162", "hex")', 'codecs.decode(b"zz", "hex")', 'codecs.encode("é", "ascii", "nope")', 'codecs.encode(1, "ascii")', 'codecs.decode("é", "utf-8")', 'codecs.decode(b"abc")', 'codecs.encode("abc")',
             '_codecs.escape_decode(b"a\\\\n\\\\x41\\\\101")', '_codecs.escape_decode(b"\\\\")', '_codecs.escape_decode(b"\\\\x1")', '_codecs.escape_decode(b"\\\\xg", "replace")', '_codecs.escape_decode(b"\\\\xg1", "ignore")',
             '_codecs.escape_decode(b"\\\\x1", "foo")', '_codecs.escape_decode("a")', '_codecs.escape_encode(b"a\\n\\x80\'")', '_codecs.escape_encode("a")', '_codecs.readbuffer_encode("é")', '_codecs.readbuffer_encode(b"a")',
             '_codecs.charmap_decode(b"ab", "strict", {97: "xy", 98: 99})', '_codecs.charmap_decode(b"a", "strict", {97: None})', '_codecs.charmap_decode(b"a", "strict", {97: 0x110000})', '_codecs.charmap_decode(b"a", "strict", {97: []})',
             '_codecs.charmap_decode(b"a", "replace", "b")', '_codecs.charmap_decode(b"\\xe9")', '_codecs.charmap_encode("a", "strict", {97: 256})', '_codecs.charmap_encode("a", "strict", {97: "x"})', '_codecs.charmap_encode("ab", "strict", {97: b"xyz", 98: 65})',
             '_codecs.charmap_encode("a", "strict", {})', '_codecs.charmap_encode("a", "replace", {63: 64})', '_codecs.charmap_encode("é")', '_codecs.charmap_build("abc")', 'type(_codecs.charmap_build("\\x00" + "abc" * 80)).__name__',
             '_codecs.charmap_build("\\x00abc").size()', '_codecs.charmap_build(1)', '_codecs.charmap_encode("abz", "replace", _codecs.charmap_build("\\x00ab?"))', '_codecs.utf_16_encode("a", None, 1)', '_codecs.utf_16_ex_decode(b"\\xff\\xfea\\x00", "strict", 0, True)',
             '_codecs.utf_8_decode("a")', '_codecs.utf_8_encode(b"a")', '_codecs.utf_8_encode("a", 1)', '_codecs.ascii_decode(b"a", "x\\0")', 'codecs.strict_errors(1)', 'codecs.ignore_errors(ValueError())', 'codecs.strict_errors(ValueError("x"))',
             'codecs.backslashreplace_errors(UnicodeTranslateError("a\\u1234", 1, 2, "r"))', 'codecs.namereplace_errors(UnicodeEncodeError("x", "a\\u1234\\x00\\ud800", 1, 4, "r"))', 'codecs.replace_errors(UnicodeTranslateError("abc", 0, 2, "r"))',
             'codecs.namereplace_errors(UnicodeDecodeError("x", b"a", 0, 1, "r"))', 'codecs.xmlcharrefreplace_errors(UnicodeEncodeError("x", "a\\u1234", 0, 2, "r"))', 'codecs.lookup_error("surrogatepass")(UnicodeEncodeError("utf-16-be", "a\\ud800", 1, 2, "r"))',
             'codecs.lookup_error("surrogatepass")(UnicodeEncodeError("foo", "a\\ud800", 1, 2, "r"))', 'codecs.lookup_error("surrogatepass")(UnicodeDecodeError("utf-8", b"\\xed\\xa0\\x80", 0, 1, "r"))', 'codecs.lookup_error("surrogateescape")(UnicodeDecodeError("x", b"\\x80\\x81a", 0, 3, "r"))',
             '"é".encode("idna")', '"é".encode("punycode")', '"éa".encode("mac_roman")', 'b"\\x80".decode("cp437")', '"日".encode("shift_jis")', '"日".encode("gb18030")']:
    show(text)
