# Scripts are read line by line: the first line that is wrong is reported, whether it cannot be read or not be parsed.
# Nulls, encodings, pipes; scripts as files and on stdin.
import os
import subprocess
import sys
import tempfile

COOKIE = b"# coding: latin-1\n"
LONG = b"#" + b"q" * 9000 + b"\n"
FILES = [
    # An error of the lexer before a line that is no UTF-8; one of the parser; an indentation.
    b"x = 'abc\n# \xff\n", b"if 1:\n    x\n  y\n# \xff\n", b"x = $\n\xff\n", b"x y\n\n# \xff\n", b"  x\n\xff\n", b"x = (\n# \xff\n)\n",
    b"print(1)\n'''\n\xff\n'''\n", b"x = 1 + \\\n\xff\n", b"f(a=1, 2)\r\n# \xed\xa0\x80\r\n", b"#\xff\n" + COOKIE, b"x = )\r# \xc3",
    # Line ends: the last "\r\n" is one.
    b"'''\r\n\r\n", b"\xef\xbb\xbfif x:\r\n",
    # An encoding's lines come in chunks; errors in the first one are those of the cookie.
    b"# coding: ascii\n\xe9\n", b"# coding: ascii\n" + LONG + b"\xe9\n", b"# coding: ascii\nx = 3 + \\\n" + LONG * 2 + b"\xe9\n",
    b"# coding: ascii\nx y\n" + LONG + b"\xe9\n", b"# coding: ascii\nx = '\n" + LONG + b"\xe9\n", b"# coding: rot13\nx\n", b"# coding: cp037\rx\r",
    b"# coding: utf-7\nx = '+2AA-'\n", b"\n# coding: no-such\nx y\n", b"\xef\xbb\xbf" + COOKIE + b"x y\n", COOKIE + b"x = '\xe9\xe9' y\n",
    # A line that begins with a null looks like the end for once; others lose their rest and their end.
    b"\0\n\xff\n", b"x = 1\n\0\ny z\n", b"x = 1\n\0\n\0\n  y\n", b"x = 1\n\0\n\0\n\0\ny\n", b"x = 1\n\0\n\0\n\0\n'y\n", b"x = (1\n\0\n,2)\nprint(x)\n",
    b"if 1:\n  print(3)\n\0\n  print(2)\n", b"'''\n\0\n'''\n", b"x = \\\n\0\n3\n", b"print(x)\0\n\n'\\x1'\n", b"x = 1\n\0 \nprint 'a'\nprint(x)\n",
    # What a codec reads keeps its nulls.
    COOKIE + b"x = a\0b\n", COOKIE + b"x = '\0'\n", COOKIE + b"x = b'\0'\n", COOKIE + b"x = 'a\0b' $\n", COOKIE + b"print('''a'\0''')\n",
    COOKIE + b"f'''{1}'\0'''\n", COOKIE + b"x = 1 # \0\nprint(x)\n", COOKIE + b"x = 12\0\n", COOKIE + b"x = 12\0b'\n", COOKIE + b"x = (12\0\n]\n",
    # A long line counts as several where a script on stdin shows one.
    LONG + b"print(1)\nx y\n", b"x = 'q' \\\ny = 2\n",
]
HOOK = b"import sys\nsys.excepthook = lambda kind, value, traceback: print(kind.__name__, ascii(value.args))\n"

with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    with open("sitecustomize.py", "wb") as file:
        file.write(HOOK)
    environment = dict(os.environ, PYTHONPATH=folder)

    def run(kind, *arguments, **options):
        done = subprocess.run([sys.executable, *arguments], capture_output=True, env=environment, **options)
        output = (done.stdout + done.stderr).replace(folder.encode(), b"FOLDER").replace(b"q" * 2000, b"Q")
        print("  ", kind, done.returncode, output.replace(b"QQQQ", b".."))

    for data in FILES:
        with open("script.py", "wb") as file:
            file.write(data)
        print(data.replace(LONG, b"LONG"))
        run("file", "script.py")
        with open("script.py", "rb") as file:
            run("stdin", "-", stdin=file)
    for data in COOKIE + b"print(1)\n", b"# coding: utf-8\nprint('\xc3\xa9')\n", b"x y\n# coding: latin-1\n":
        print(data)
        run("pipe", "-", input=data)
    os.chdir("/")

# Carets of errors whose text is shorter than it was, or has nulls.
for text in "ab\n", "ab", "a\0bc\n", "a\nbc":
    for offset, end in (1, 2), (1, 9), (2, 4), (3, 5):
        error = SyntaxError("m", ("f", 1, offset, text, 1, end))
        sys.stdout.flush()
        sys.stderr = sys.stdout
        sys.__excepthook__(SyntaxError, error, None)
with tempfile.TemporaryDirectory() as folder:
    name = os.path.join(folder, "stale.py")
    for text in "x\n", "x = a.b.c.d + no\n", "a\0bcd\n", "\xe9\xe9\xe9\n":
        with open(name, "w", encoding="utf-8") as file:
            file.write(text)
        program = "import sys; exec(compile('xy = a.b.c.d + nothing', sys.argv[1], 'exec'), {'a': 1})"
        done = subprocess.run([sys.executable, "-c", program, name], capture_output=True, encoding="utf-8")
        print(ascii(done.stderr.replace(folder, "FOLDER")))
