"""Raw streams that keep the buffers they are given, or close, detach or initialise anew the stream that is calling them.
CPython reads freed memory: the expected output is kept by hand."""
import io
import pickle

kept = []


class Raw(io.RawIOBase):
    def __init__(self, action):
        self.action = action
        self.calls = 0

    def readable(self):
        return True

    writable = seekable = readable

    def seek(self, *_):
        return 0

    def readinto(self, buffer):
        self.calls += 1
        if self.calls > 2:
            return 0
        buffer[:3] = b'abc'
        self.action(buffer)
        return 3

    def write(self, data):
        self.action(data)
        return len(data)


def keep(buffer):
    kept.append(buffer)


def close(_):
    f.close()


def detach(_):
    f.detach()


def renew(_):
    f.__init__(io.BytesIO(b'new'), 4)


def release(buffer):
    buffer.release()


def try_all(make):
    global f
    for action in keep, close, detach, renew, release:
        for operation in ('read(2)', 'read()', 'readline()', 'peek(1)', 'readinto(bytearray(10))', 'read1(5)', 'seek(1, 1)',
                          'write(b"x" * 20)', 'truncate()', 'close()'):
            f = make(Raw(action))
            try:
                eval('f.' + operation)
                result = 'ok'
            except (ValueError, RuntimeError, io.UnsupportedOperation, AttributeError, OSError) as error:
                result = f'{type(error).__name__} {error}'
            print(action.__name__, operation, result)
            try:
                f.close()
            except ValueError:
                pass


try_all(lambda raw: io.BufferedReader(raw, 8))
try_all(lambda raw: io.BufferedRandom(raw, 8))
f = None
print(sorted({bytes(view[:3]) for view in kept}))


class File:
    def __init__(self, data):
        self.file = io.BytesIO(data)

    def read(self, size):
        return self.file.read(size)

    def readline(self):
        return self.file.readline()

    def readinto(self, buffer):
        kept.append(buffer)
        return self.file.readinto(buffer)


data = pickle.dumps(bytearray(100000), 5)
del kept[:]
print(len(pickle.load(File(data))), len(kept))
kept[0][0] = 1
for memo in (b'2147483648', b'4611686018427387904', b'9223372036854775807'):
    try:
        print(pickle.loads(b'Np' + memo + b'\n.'))
    except (MemoryError, ValueError, OverflowError) as error:
        print(type(error).__name__)
