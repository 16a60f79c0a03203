# readinto() converts its argument before it looks at the file.
import io
import tempfile


def attempt(f, *args):
    try:
        print(f(*args))
    except Exception as e:
        print(type(e).__name__, e)


class Raw(io.RawIOBase):
    def readable(self):
        return True

    def readinto(self, buffer):
        return 0


class Base(io.BufferedIOBase):
    def read(self, size=-1):
        return b'x'

    def read1(self, size=-1):
        return b'y'


with tempfile.TemporaryDirectory() as folder:
    path = folder + '/file'
    open(path, 'wb').write(b'some bytes')
    raw = open(path, 'rb', buffering=0)
    files = [raw, open(path, 'rb'), io.BytesIO(b'abc'), open(path, 'r+b'), Raw(), Base()]
    for file in files:
        for value in (b'', 3, 'x', memoryview(b'aa'), None, bytearray(2), [1]):
            attempt(file.readinto, value)
            if hasattr(file, 'readinto1'):
                attempt(file.readinto1, value)
        file.close()
        attempt(file.readinto, b'')
        if not isinstance(file, (Raw, Base)):
            attempt(file.readinto, bytearray(1))
    with open(path, 'wb', buffering=0) as raw:
        attempt(raw.readinto, b'')
        attempt(raw.readinto, bytearray(1))
print(io.FileIO.closed.__doc__, '__del__' in vars(io.FileIO), '__del__' in vars(io.IOBase))
