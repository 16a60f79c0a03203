# Source files with bytes that are no UTF-8: which error, and what a traceback can show of them.
import os
import subprocess
import sys
import tempfile

SOURCES = {
    "plain": b'x = 1\ny = "\xff"\n',
    "cookie": b'# coding: utf-8\nx = "\xff"\n',
    "mark": b'\xef\xbb\xbfx = 1\ny = "\xff"\n',
    "comment": b"def f():\n    1 / 0\n\n\n# \xe9\nf()\n",
    "latin": b'# coding: latin-1\nx = "\xff"\nprint(ascii(x))\nx.nope\n',
    "far": b"def f():\n    1 / 0\n\n\nif __name__ == 'run':\n    f()\n" + b"#" * 9000 + b"\n# \xe9\n",
}
with tempfile.TemporaryDirectory() as folder:
    for name, source in SOURCES.items():
        path = os.path.join(folder, name + ".py")
        with open(path, "wb") as file:
            file.write(source)
        runs = [path], ["-c", f"import runpy; runpy.run_path({path!r}, run_name='run')"]
        for arguments in runs:
            done = subprocess.run([sys.executable, *arguments], capture_output=True)
            shown = done.stderr.decode("utf-8", "backslashreplace").replace(folder, "FOLDER")
            print(name, done.returncode, done.stdout, *shown.splitlines()[-6:], sep="\n    ")

# Texts of sources given as bytes: an f-string's are decoded stretch by stretch, others whole.
for source in (b'f"a\xff{1}"', b'f"a\xff"', b'f"{1}a\xc3\xa9\xff"', b'"b" f"{1}a\xc3\xa9\xff"', b'rf"a\xff{1}"', b'"a\xff" f"{1}"',
               b'f"{1:a\xff}"', b'rf"{1:a\xff}"', b'f"{1:{2}a\xff}"', b'"a\xff"', b'r"a\xff"', b'"\\na\xff"'):
    try:
        exec(source)
    except SyntaxError as error:
        print(source, error)
