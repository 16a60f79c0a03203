# Lines typed at the prompt that end as files of other systems do.
import subprocess
import sys

TYPED = b'''x = 1\r
print(x)\r
if x:\r
  print(2)\r
\r
y = """a\r
b"""\r
print(repr(y))\r
1 +\r
f'{x}' \\\r
'z'\r
x $ y\r
'''
done = subprocess.run([sys.executable, '-i', '-q', '-E'], input=TYPED, capture_output=True)
print(done.returncode, done.stdout.decode())
print(done.stderr.decode())
