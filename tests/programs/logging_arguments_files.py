import logging, sys, warnings, argparse, configparser, io, csv, json, pickle, copy, shelve, tempfile, os

logging.basicConfig(
    level=logging.DEBUG, format="%(levelname)s:%(name)s:%(funcName)s:%(lineno)d:%(message)s", stream=sys.stdout
)
log = logging.getLogger("a.b")


def f():
    log.info("x %s", 1)
    try:
        1 / 0
    except ZeroDivisionError:
        log.exception("failed")


f()
log.warning("bad %d", "x")
warnings.warn("careful", DeprecationWarning, stacklevel=1)
warnings.warn("user")
p = argparse.ArgumentParser(prog="prog", description="desc")
p.add_argument("file", help="the file")
p.add_argument("-n", "--num", type=int, default=3, metavar="N", help="number (%(default)s)")
p.add_argument("--flag", action="store_true")
g = p.add_mutually_exclusive_group()
g.add_argument("--a", choices=["x", "y"])
g.add_argument("--b", nargs="*")
sub = None
p.print_help()
print(p.parse_args(["f", "-n", "5", "--b", "1", "2"]))
for a in ([], ["f", "-n", "x"], ["f", "--a", "z"], ["f", "--a", "x", "--b"], ["f", "--zz"]):
    try:
        p.parse_args(a)
    except SystemExit as e:
        print(e.code)
c = configparser.ConfigParser()
c.read_string("[a]\nx=1\ny = %(x)s2\n[b]\nz:true\n")
print(c["a"]["y"], c.getboolean("b", "z"), c.sections())
try:
    c["q"]
except KeyError as e:
    print(repr(e))
try:
    c.get("a", "nope")
except Exception as e:
    print(e)
s = io.StringIO()
w = csv.writer(s)
w.writerow(["a,b", 'q"q', 1, None])
w.writerows([[1, 2]])
print(repr(s.getvalue()))
print(list(csv.DictReader(io.StringIO("a,b\n1,2\n3\n"))), list(csv.reader(["x;'y;z'"], delimiter=";", quotechar="'")))
print(
    json.dumps({"a": [1, 2.5, None, True, "é\n"], "b": {"c": ()}}, indent=2, sort_keys=True),
    json.dumps("é", ensure_ascii=False),
    json.dumps({1: 2, None: 3}),
    json.loads('[1, 2.0, "x", {"a": null}]'),
    json.dumps([1, 2], separators=(",", ":")),
)
for t in ("[1,]", "{a:1}", "", "nul", '"abc', "[1 2]", '{"a" 1}', "1 2", '"\\x"'):
    try:
        json.loads(t)
    except json.JSONDecodeError as e:
        print(e)
try:
    json.dumps({1, 2})
except TypeError as e:
    print(e)
l = []
l.append(l)
try:
    json.dumps(l)
except ValueError as e:
    print(e)


class X:
    def __init__(s):
        s.a = [1]
        s.b = s


x = X()
y = copy.deepcopy(x)
print(y.b is y, y.a is x.a, copy.copy(x).a is x.a)
print(
    pickle.loads(pickle.dumps({"a": (1, 2, [3]), "b": {4}, "c": b"x", "d": 1.5, "e": None})),
    pickle.dumps([1, "a"], 0),
    pickle.dumps((1, 2), 4),
)
try:
    pickle.dumps(lambda: 1)
except Exception as e:
    print(type(e).__name__, str(e).split(" at ")[0])
with tempfile.TemporaryDirectory() as d:
    with shelve.open(d + "/s") as sh:
        sh["k"] = [1, 2]
    with shelve.open(d + "/s") as sh:
        print(dict(sh))
    with open(d + "/t", "w") as fh:
        print(fh.write("a\nb\n"), fh.closed, fh.encoding)
    with open(d + "/t") as fh:
        print(fh.readlines(), fh.tell())
    with open(d + "/t", "rb") as fh:
        print(fh.read(2), fh.seek(0), fh.readline())
    try:
        fh.read()
    except ValueError as e:
        print(e)
    try:
        open(d + "/t", "q")
    except ValueError as e:
        print(e)
    try:
        open(d + "/t", "wb", encoding="x")
    except ValueError as e:
        print(e)
    try:
        open(d + "/t").write("x")
    except Exception as e:
        print(type(e), e)
    import pathlib, shutil, glob

    pp = pathlib.Path(d) / "x" / "y.tar.gz"
    pp.parent.mkdir()
    pp.write_text("hi")
    print(
        pp.suffixes,
        pp.stem,
        pp.name,
        pp.read_text(),
        pp.relative_to(d),
        [q.name for q in pathlib.Path(d).rglob("*")],
        pp.exists(),
        pp.with_suffix(".z").name,
    )
    print(
        sorted(os.path.basename(z) for z in glob.glob(d + "/**", recursive=True)),
        os.listdir(d + "/x"),
        shutil.copy(d + "/t", d + "/u").endswith("u"),
    )
    try:
        os.mkdir(d)
    except FileExistsError as e:
        print(e.errno, e.strerror)
    try:
        os.rmdir(d + "/x")
    except OSError as e:
        print(e.errno, type(e))
print(
    pathlib.PurePosixPath("/a/../b").parts,
    pathlib.PureWindowsPath("c:/x\\y").parts,
    os.path.join("a", "/b"),
    os.path.splitext("a.b.c"),
    os.path.normpath("a/./b/../c"),
    os.path.commonpath(["/a/b", "/a/c"]),
)
