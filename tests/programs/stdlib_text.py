"""re, json, csv, configparser, html, xml, email, urllib.parse, datetime, difflib and their neighbours."""
import base64
import binascii
import calendar
import codecs
import configparser
import csv
import datetime
import difflib
import email
import email.message
import email.policy
import email.utils
import fnmatch
import gettext
import glob
import hashlib
import hmac
import html
import html.parser
import io
import json
import pathlib
import pickle
import pickletools
import plistlib
import quopri
import re
import secrets
import shlex
import sys
import time
import tomllib
import urllib.parse
import uuid
import xml.dom.minidom
import xml.etree.ElementTree as ET
import xml.sax
import zlib
import zoneinfo

text = "The year 1984, or 2001-09-11? call +44 20 7946 0958; x=1, y = 22"
print(re.findall(r"\d{4}", text), re.search(r"(?P<k>\w)\s*=\s*(?P<v>\d+)", text).groupdict(), re.sub(r"(\d+)-(\d+)", r"\g<2>/\1", text), re.split(r"[,;?]\s*", text), re.subn("o", lambda m: m[0].upper(), text, count=2))
m = re.match(r"(?i)(the) (?:(year)|(day))(?= \d)", text)
print(m, m.groups("none"), m.span(2), m.lastindex, m.regs, m.expand(r"\2-\1"), m.re.groupindex, re.compile("a|b", re.X | re.S), re.escape("a.b*c d-e"), re.fullmatch("a*?", "aaa"), [x.start() for x in re.finditer(r"\b\w", "ab cd")])
print(re.findall(r"(?<![a-z])[a-z]+(?!\d)", "abc1 def"), re.sub(r"(?<=a)b*", "-", "abbab"), re.findall(r"(a)(b)?", "aab"), re.split(r"(-)|x", "a-bxc"), re.search(r"(?s:.)\Z", "a\n"), re.match(r"(?>a+)b|a++c", "aac"), re.findall(r"[^\W\d_]+", "é1_ñ"), re.sub("", "-", "ab"), re.match(r"(a)?(?(1)b|c)", "c"), re.findall(r"(?m)^\w", "a\nb"), re.search("ß", "SS", re.I), re.search("ſ", "S", re.I))
for pattern in ("(", ")", "[a", "a**", "*a", "(?P<1>a)", "(?P<a>b)(?P<a>c)", r"\1", r"(?P=x)", "(?z)", "a{2,1}", "[z-a]", "\\", "(?<=a*)b", "(?(2)a)", r"\N{nosuch}", "a(?i)b", "(?P<a", "[[:x:]]", r"\p", "x{,5}{2}", "(?#a"):
    try:
        print(pattern, re.compile(pattern))
    except re.error as error:
        print(f"{pattern}: {error} {error.pos} {error.lineno} {error.colno}")

print(json.dumps({"a": [1, 2.5, None, True, "é\u2028\n"], 1: 2, None: 3, 1.5: 4, True: 5}, sort_keys=False), json.dumps({"b": 1, "a": {}}, indent=1, sort_keys=True, separators=(",", ": ")), json.dumps("é", ensure_ascii=False), json.dumps([float("nan"), float("inf"), 1e100, 0.1]), json.loads('[1, -0, 1.0, 1e2, "\\u00e9\\ud83d\\ude00", {"a": null}]'), json.loads('{"a": 1, "a": 2}', object_pairs_hook=list), json.loads("1.10", parse_float=str))
for bad in ("", "{", "[1,]", '{"a" 1}', "nul", '"\\x"', '"a\nb"', "01", "[1] 2", '{"a":1,}', "{1: 2}", '"', "\ufeff1", "[" * 3):
    try:
        json.loads(bad)
    except json.JSONDecodeError as error:
        print(error, error.pos)
for bad in (lambda: json.dumps({1, 2}), lambda: json.dumps({(1,): 2}), lambda: json.dumps(float("nan"), allow_nan=False), lambda: (lambda x: x.append(x) or json.dumps(x))([])):
    try:
        bad()
    except (TypeError, ValueError) as error:
        print(type(error).__name__, error)

out = io.StringIO()
w = csv.writer(out, quoting=csv.QUOTE_MINIMAL)
w.writerows([["a", 'say "hi"', "x,y", None, 1.5, "line\nbreak", ""], [""], []])
csv.DictWriter(out, ["k", "v"], restval="-", extrasaction="ignore", delimiter="\t").writerow({"k": 1, "z": 2})
print(repr(out.getvalue()), list(csv.reader(io.StringIO(out.getvalue()))), list(csv.DictReader(["a,b", "1,2,3", "4"])), csv.Sniffer().sniff("a;b\n1;2\n").delimiter, list(csv.reader(["'a,b',c\\,d"], quotechar="'", escapechar="\\")), csv.list_dialects())
for bad in (lambda: list(csv.reader(['"a'], strict=True)), lambda: csv.writer(out, delimiter="ab"), lambda: csv.writer(out, quoting=csv.QUOTE_NONE).writerow(["a,b"]), lambda: list(csv.reader([b"a"])), lambda: csv.DictWriter(out, ["a"]).writerow({"b": 1})):
    try:
        bad()
    except Exception as error:
        print(type(error).__name__, error)

cp = configparser.ConfigParser()
cp.read_string("[DEFAULT]\nroot = /srv\n[web]\nport: 80\npath = %(root)s/www\nmulti = a\n  b\nflag = yes\nempty\n" .replace("empty\n", ""))
print(cp.sections(), dict(cp["web"]), cp.getint("web", "port"), cp["web"].getboolean("flag"), cp.get("web", "no", fallback="fb"), "web" in cp, cp.items("web")[:2])
for bad in (lambda: cp["none"], lambda: cp.get("web", "nosuch"), lambda: cp.getint("web", "flag"), lambda: cp.read_string("[a]\nx\n"), lambda: cp.read_string("x=1"), lambda: cp.read_string("[a]\n[a]\n"), lambda: cp.set("web", "x", "%(no)s") or cp.get("web", "x")):
    try:
        bad()
    except Exception as error:
        print(type(error).__name__, str(error).replace("\n", " "))
cp.write(sys.stdout)
print(tomllib.loads('a = 1\n[t]\nd = 1979-05-27T07:32:00Z\ns = """x\ny"""\narr = [1.5, true, {k = "v"}]\n'))
try:
    tomllib.loads("a = \n")
except tomllib.TOMLDecodeError as error:
    print(error)
print(shlex.split("a 'b c' \"d\\\"e\" f\\ g # h", comments=True), shlex.join(["a b", "c'd"]), shlex.quote("$x"))

print(html.escape("<a href='x'>&\"</a>"), html.unescape("&lt;&eacute;&#x41;&notit;&#128;&bogus;"))


class Parser(html.parser.HTMLParser):
    def handle_starttag(self, tag, attrs):
        print("start", tag, attrs, self.getpos(), end="; ")

    def handle_endtag(self, tag):
        print("end", tag, end="; ")

    def handle_data(self, data):
        print("data", repr(data), end="; ")

    def handle_comment(self, data):
        print("comment", data, end="; ")

    def handle_decl(self, decl):
        print("decl", decl, end="; ")


Parser().feed("<!DOCTYPE html><p class=x id='y' checked>a &amp; b<br/><!-- c --><script>if (a<b) </script></p ><a")
print()
root = ET.fromstring("<r xmlns:n='u'><a x='1'>t<b/>tail</a><n:c>é &amp; &lt;</n:c><!-- no --><?pi x?></r>")
print(ET.tostring(root), [e.tag for e in root.iter()], root.find("a").attrib, root.findtext("{u}c"), root.find("./a[@x='1']/b").tail, ET.tostring(root, "unicode", method="text"), len(root))
ET.indent(root)
ET.dump(root)
sub = ET.SubElement(root, "new", {"q": '"<&>'})
sub.text = "\u20ac\n"
print(ET.tostring(root, encoding="ascii"), ET.canonicalize("<a  b='1' a='2'><c/></a>"))
for bad in ("<a>", "<a></b>", "", "<a b=1/>", "<a>&x;</a>", "<a/><b/>", "<a \x01/>"):
    try:
        ET.fromstring(bad)
    except ET.ParseError as error:
        print(error, error.code, error.position)
print(xml.dom.minidom.parseString("<a><b c='d'>e</b></a>").toprettyxml(indent=" "))
try:
    xml.sax.parseString(b"<a><b></a>", xml.sax.ContentHandler())
except xml.sax.SAXParseException as error:
    print(error)

msg = email.message_from_string("From: A <a@b.c>\nTo: =?utf-8?q?J=C3=B6?= <j@x>\nSubject: =?iso-8859-1?b?6Q==?= x\n folded\nContent-Type: multipart/mixed; boundary=B\n\n--B\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\nw6k=\n--B--\n", policy=email.policy.default)
print(msg["to"], msg["subject"], msg["to"].addresses, msg.is_multipart(), [p.get_content() for p in msg.iter_parts()], msg.get_content_type())
new = email.message.EmailMessage()
new["Subject"], new["From"], new["To"] = "Grüße " * 12, "Ä <a@example.org>", "b@example.org, c@example.org"
new.set_content("Hallo é\n" * 2)
new.add_alternative("<p>é</p>", subtype="html")
new.add_attachment(b"\0\1", maintype="application", subtype="octet-stream", filename="naïve.bin")
print(re.sub(r"={10,}\d+==", "BOUNDARY", new.as_string()))
print(email.utils.parseaddr("A B <a@b>"), email.utils.formatdate(0), email.utils.parsedate_to_datetime("Thu, 01 Jan 1970 00:00:00 +0130"), email.utils.formataddr(("é", "a@b")))
p = urllib.parse
print(p.urlparse("http://u:p@h:80/p;x?q=1&q=2#f"), p.urljoin("http://a/b/c/d", "../e?x"), p.parse_qs("a=1&a=2&b=&c", keep_blank_values=True), p.quote("a b/é?"), p.quote_plus("a b&c"), p.unquote("%C3%A9%zz"), p.urlencode({"a": [1, 2], "b": "x y"}, doseq=True), p.urlsplit("//h/p").netloc, p.urlunsplit(("s", "n", "p", "q", "f")), p.urlparse("http://[::1]:8080/").hostname)
for bad in ("http://[::1/", "http://a:b/"):
    try:
        print(p.urlparse(bad).port)
    except ValueError as error:
        print(error)

dt = datetime.datetime
d = dt(2024, 2, 29, 13, 5, 9, 123456)
print(d, repr(d), d.isoformat(" ", "milliseconds"), d.strftime("%a %d %b %Y %I:%M:%S.%f %p %j %U %W %y %% %G-%V-%u %c"), d + datetime.timedelta(days=366, hours=-5), d.replace(year=2023, day=1).date(), dt.fromisoformat("2011-11-04T00:05:23Z"), dt.strptime("21 Nov 06 4:30PM +0200", "%d %b %y %I:%M%p %z"), d.timetuple()[:9], d.isocalendar(), d.astimezone(datetime.timezone.utc) - d.replace(tzinfo=datetime.timezone.utc), datetime.date(2024, 3, 1) - datetime.date(2023, 3, 1), datetime.timedelta(-1, 5, 7), repr(datetime.timedelta(weeks=1, microseconds=-1)), datetime.timedelta(1) / datetime.timedelta(hours=5), abs(datetime.timedelta(-3)), datetime.time(1, 2, tzinfo=datetime.timezone(datetime.timedelta(hours=-3, minutes=-30), "X")), dt.fromtimestamp(0, datetime.timezone.utc), datetime.date.fromordinal(730000), dt.min, datetime.date.max, f"{d:%Y/%m}", datetime.date.fromisocalendar(2020, 53, 7))
ny = zoneinfo.ZoneInfo("America/New_York")
print(dt(2021, 11, 7, 1, 30, fold=1, tzinfo=ny), dt(2021, 3, 14, 2, 30, tzinfo=ny).utcoffset(), dt(2021, 7, 1, tzinfo=ny).tzname(), ny)
for bad in ("dt(2023, 13, 1)", "dt.strptime('x', '%Y')", "dt.strptime('2020 1', '%Y')", "d - dt.now(datetime.timezone.utc)", "dt.fromisoformat('2020-1-1')", "datetime.timedelta(days=10**10)", "d < 1", "d < datetime.date.today()", "datetime.date(1, 1, 1) - datetime.timedelta(1)", "zoneinfo.ZoneInfo('No/Where')", "datetime.timezone(datetime.timedelta(hours=24))", "datetime.time(25)", "dt(1, 1, 1).timestamp() and dt(2020)"):
    try:
        print(eval(bad))
    except Exception as error:
        print(f"{bad}: {type(error).__name__}: {error}")
print(calendar.month(2024, 2), calendar.monthrange(2023, 2), calendar.TextCalendar(6).formatweek([(1, 0), (0, 1)], 3), time.strftime("%Y", time.gmtime(0)), time.gmtime(86400), calendar.timegm((1970, 1, 2, 0, 0, 0)))

print("".join(difflib.unified_diff("a\nb\nc\n".splitlines(True), "a\nx\nc\nd\n".splitlines(True), "old", "new")), "".join(difflib.ndiff(["abcde\n"], ["abXde\n"])), difflib.get_close_matches("appel", ["ape", "apple", "peach"]), difflib.SequenceMatcher(None, "abcd", "bcde").ratio(), difflib.SequenceMatcher(None, "abxcd", "abcd").get_opcodes())
print(base64.b64encode(b"\xff\xfe"), base64.urlsafe_b64decode("_-A="), base64.b32encode(b"a"), base64.b85encode(b"abc"), base64.a85encode(b"abc"), binascii.hexlify(b"ab", ":"), binascii.crc32(b"abc"), quopri.encodestring(b"\xe9=x"), codecs.encode("abc", "rot13"), zlib.adler32(b"x"), zlib.decompress(zlib.compress(b"abc" * 100, 9))[:6], hashlib.sha256(b"a").hexdigest()[:16], hashlib.new("md5", b"a").hexdigest(), hashlib.blake2b(b"a", digest_size=8).hexdigest(), hashlib.sha3_256(b"").name, hmac.new(b"k", b"m", "sha1").hexdigest(), hmac.compare_digest("a", "a"), len(secrets.token_hex(8)), uuid.uuid5(uuid.NAMESPACE_DNS, "x"), hashlib.pbkdf2_hmac("sha256", b"p", b"s", 10).hex()[:16])
for bad in (lambda: base64.b64decode("a"), lambda: binascii.unhexlify("abc"), lambda: zlib.decompress(b"x"), lambda: hashlib.new("nosuch"), lambda: base64.b32decode("a1"), lambda: hmac.new(b"k", b"m"), lambda: uuid.UUID("x"), lambda: codecs.lookup("nosuch"), lambda: pickle.loads(b"x"), lambda: pickle.dumps(lambda: 0), lambda: pickle.loads(b""), lambda: plistlib.loads(b"x")):
    try:
        print(bad())
    except Exception as error:
        print(type(error).__module__, type(error).__name__, re.sub("0x[0-9a-f]+", "0x", str(error)))


class Thing:
    def __init__(self, x):
        self.x = x

    def __reduce_ex__(self, protocol):
        return Thing, (self.x,), {"p": protocol}


for protocol in range(6):
    raw = pickle.dumps([Thing(1), (1, 2 ** 70, -1.5, "é", b"x", None, True), {1, 2}, frozenset(), {"a": print}, bytearray(b"q")], protocol)
    back = pickle.loads(raw)
    print(protocol, len(raw), back[0].__dict__, back[1:], hashlib.md5(raw).hexdigest())
pickletools.dis(pickle.dumps({"a": [1, (2,)]}, 4))
print(fnmatch.filter(["a.py", "b.txt", "C.PY"], "*.[pt]*"), fnmatch.translate("a?[!b]*"), glob.escape("a[1]*"), pathlib.PurePosixPath("/a/b/../c.tar.gz").suffixes, pathlib.PurePath("a/b").joinpath("/x", "y"), pathlib.PureWindowsPath("C:\\a\\b").as_posix(), pathlib.PurePath("/a/b").relative_to("/a"), pathlib.PurePath("a.b").with_suffix(".c"), pathlib.Path("x").match("*"), gettext.gettext("hi"), gettext.ngettext("a", "b", 2))
for bad in (lambda: pathlib.PurePath("/a").relative_to("/b"), lambda: pathlib.PurePath("a").with_name("b/c"), lambda: pathlib.Path("/nosuch").read_text(), lambda: pathlib.PurePath(1)):
    try:
        bad()
    except Exception as error:
        print(type(error).__name__, error)
