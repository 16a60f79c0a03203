# The lines shown with errors: byte order marks, encodings, names of other files, a file that ends in a backslash.
import os
import subprocess
import sys
import tempfile

FILES = {
    "mark_syntax": b"\xef\xbb\xbfx = = 1\n", "mark_open": b"\xef\xbb\xbfx = (\n", "mark_run": b"\xef\xbb\xbf1/0\n",
    "mark_second": b"\xef\xbb\xbf# c\nx = = 1\n", "utf7": b"# coding: utf-7\nx = = 1 # +AOk-\n",
    "latin": b'# coding: latin-1\nx = "\xe9\xe9" = = 1\n', "backslash": b"\\", "backslash_line": b"# c\n\\\n", "backslash_indent": b"  \\",
    "backslash_after": b"x = 1\\", "backslash_block": b"if 1:\n  x = 2 + \\",
}
with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    for name, data in FILES.items():
        with open(name + ".py", "wb") as file:
            file.write(data)
        for command in [name + ".py"], ["-c", f"import {name}"]:
            done = subprocess.run([sys.executable, *command], capture_output=True, encoding="utf-8")
            print(command, done.returncode, ascii(done.stderr.replace(os.getcwd(), "FOLDER")))
    # The line comes from the file of that name, whatever was compiled, in the encoding of what was compiled.
    for source in "x = = 1", b"x = = 1", "\nx = = 1", "\xe9 = = 1", b"# coding: latin-1\n\xe9 = = 1":
        for name in "mark_syntax.py", "latin.py", "utf7.py", "nowhere.py":
            for mode in "exec", "eval":
                try:
                    compile(source, name, mode)
                except SyntaxError as error:
                    print(ascii(source), name, mode, ascii(error.args))
    os.chdir("/")

# What is missing at the end of a script has no column; a null drops the rest of its line, the line's end included
# (as much of it as CPython reads at a time).
SCRIPTS = [b"if x:\n", b"if x:\n\n  \n#c\n", b"def f():\n  if x:\n", b"if x:", b"try:\n  pass\nx", b"# coding: latin-1\nif x:\n",
           b"x=1\0\nprint(x)", b"x=1 # c\0\nprint(3)\nprint(4)", b"\0\nprint(1)\n\0\0\n1/0\n", b'"""a\0b\nc"""\nprint(6)\0',
           b"#\0" + b"b" * 9000 + b"\nprint(7)\n", b"#" + b"a" * 9000 + b"\0" + b"b" * 20000 + b"\nprint(8)\n", b"#\0" + b"\xff" * 9000 + b"\n"]
with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    for data in SCRIPTS:
        with open("script.py", "wb") as file:
            file.write(data)
        done = subprocess.run([sys.executable, "-i", "script.py"], input=b"import sys; print(sys.last_value.args)\n", capture_output=True)
        print(data[:40], done.returncode, (done.stdout + done.stderr).replace(os.getcwd().encode(), b"FOLDER"))
    os.chdir("/")

# Lines typed in that are no UTF-8.
HOOK = b"import sys; sys.excepthook = lambda kind, value, traceback: print(ascii(value.args))\n"
for data in (b'print("\xff")\n1\n', b"# \xff\n", b"if 1:\n  \xe9\xe9\n\n2\n", b"x = (1,#\xc3\xa9\n\xff\n)\n3\n", b'"""\n\xff\n',
             b"# coding: latin-1\n'\xe9'\n", b"\xe2\x82\n4\n", b"5\n\xff"):
    done = subprocess.run([sys.executable, "-i"], input=HOOK + data, capture_output=True)
    print(data, done.returncode, done.stdout, done.stderr.split(b">>> ", 1)[1])
