"""What a program's standard streams read, and in which pieces and order they are written."""
import os
import subprocess
import sys
import tempfile

os.environ.pop("PYTHONUNBUFFERED", None)
os.chdir(tempfile.mkdtemp())


def play(program, *options, stdin=b"", stdout=subprocess.PIPE):
    with open("program.py", "w") as file:
        file.write(program)
    done = subprocess.run([sys.executable, *options, "program.py"], input=stdin, stdout=stdout, stderr=subprocess.STDOUT)
    return done.returncode, (done.stdout or b"").decode().replace(os.getcwd(), "HERE")


class Pieces:
    """A raw stream that shows how large the writes are that reach it."""

    program = """
import io, sys
class Raw(io.RawIOBase):
    sizes = []
    def writable(self): return True
    def write(self, data): self.sizes.append(len(data)); return len(data)
for size in (1, 7, 50, 1000, 4096, 5000, 8192, 8193, 20000):
    text = io.TextIOWrapper(io.BufferedWriter(Raw(), 4096), newline="\\n")
    for i in range(30000 // size + 2):
        text.write("x" * size)
    text.flush()
    binary = io.BufferedWriter(Raw(), 100)
    print(size, Raw.sizes)
    Raw.sizes.clear()
    for part in (60, 50, 100, 101, 3, 250, 99, 1, 1):
        binary.write(b"y" * part)
    binary.flush()
    Raw.sizes.clear() if size > 1 else print(Raw.sizes) or Raw.sizes.clear()
"""


print(*play(Pieces.program))
print(*play("import sys\nprint('out')\nprint('err', file=sys.stderr)\nprint('out again')\n"))
print(*play("print('before the report')\n1 / 0\n"))
print(*play("import sys\nprint(sys.stdin.readlines(), sys.stdin.newlines)\n", stdin=b"a\r\nb\rc"))
print(*play("print([input(), input()])\ninput()\n", stdin=b"a\r\nb"))
print(*play("import sys\nfor line in sys.stdin: print(repr(line))\n", stdin=b"\xc3\xa9\r\n\n"))
with open("/dev/full", "w") as full:
    print(*play("import sys\ntry:\n    print('x' * 1000000)\nexcept OSError as e:\n    print(e, file=sys.stderr)\n", stdout=full))
    print(*play("print('short')\n", stdout=full))
script = b"import sys\nprint(__file__, __cached__, sys.argv, __name__)\n1 / 0\n"
done = subprocess.run([sys.executable, "-", "a"], input=script, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
print(done.returncode, done.stdout.decode())
os.mkdir("folder")
done = subprocess.run([sys.executable, "folder"], capture_output=True)
print(done.returncode, done.stderr.decode().replace(os.getcwd(), "HERE").replace(sys.executable, "PYTHON"))
with open("folder/__main__.py", "w") as file:
    file.write("import sys\nprint(__file__, sys.path[0], sys.argv, __spec__.origin)\n")
done = subprocess.run([sys.executable, "folder", "x"], capture_output=True)
print(done.returncode, done.stdout.decode().replace(os.getcwd(), "HERE"))
