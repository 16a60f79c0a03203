"""Codecs and their error handlers over damaged bytes and odd texts."""
import codecs

PIECES = [b'\\', b'\\u', b'\\U', b'\\x', b'\\N{', b'}', b'DIGIT ONE', b'\\n', b'\\0', b'\\777', b'1', b'a', b'f', b'0000', b'0011', b'ffff', b'\xff',
          b'\xfe', b'\x80', b'\xc3', b'\xa9', b'\xed\xa0\x80', b'\xf0\x9f\x98\x80', b'\xf4\x90', b'\xd8\x00', b'\x00\xd8', b'\xdc', b'\x00', b'+',
          b'-', b'&', b'AGE', b'/', b'=', b'\n', b'"', b"'", b'~{', b'~}', b'\x1b$B', b'\x1b(B', b'\x81', b'\xe2\x82', b'xn--', b'.', b'\xef\xbb\xbf']
CHARS = ['a', '\\', '\x00', '\x80', '\xff', '\u0100', '\u20ac', '\ud800', '\udc80', '\udcff', '\ud83d', '\ude00', '\U0001f600', '\U0010ffff',
         '\n', '+', '~', '\u3042', '\uffff', '-', '\u00df', '.', 'B\u00fccher']
CODECS = ['unicode_escape'] * 4 + ['raw_unicode_escape', 'utf-8', 'utf-8', 'utf-8-sig', 'utf-16', 'utf-16-le', 'utf-16-be', 'utf-32', 'utf-32-be',
                                  'utf-7', 'utf-7', 'ascii', 'latin-1', 'cp1252', 'cp437', 'shift_jis', 'gbk', 'big5', 'iso2022_jp', 'hz', 'euc_kr',
                                  'idna', 'punycode', 'charmap', 'mac_roman', 'gb18030', 'johab']
HANDLERS = ['strict', 'strict', 'ignore', 'replace', 'backslashreplace', 'surrogateescape', 'surrogatepass', 'xmlcharrefreplace',
            'namereplace', 'nosuch']


def make(random):
    data = b''.join(random.choice(PIECES) for _ in range(random.randrange(9)))
    text = ''.join(random.choice(CHARS) for _ in range(random.randrange(7)))
    return random.choice(['decode', 'decode', 'encode', 'escape', 'feed']), data, text, random.choice(CODECS), random.choice(HANDLERS)


def run(case):
    kind, data, text, codec, errors = case
    if kind == 'decode':
        return repr(data.decode(codec, errors))
    if kind == 'encode':
        return repr(text.encode(codec, errors))
    if kind == 'escape':
        return repr(codecs.escape_decode(data, errors))
    decoder = codecs.getincrementaldecoder(codec)(errors)
    out = [decoder.decode(data[i:i + 2]) for i in range(0, len(data), 2)]
    return repr(out + [decoder.getstate(), decoder.decode(b'', True)])
