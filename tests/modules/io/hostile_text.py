"""Buffers, codecs and error handlers that detach or initialise anew the text stream that is calling them. CPython crashes on
some: the expected output is kept by hand."""
import codecs
import io


class Buffer(io.BytesIO):
    action = None

    def act(self):
        if self.action:
            action, self.action = self.action, None
            action()

    def read1(self, n=-1):
        self.act()
        return super().read1(n)

    def read(self, n=-1):
        self.act()
        return super().read(n)

    def write(self, data):
        self.act()
        return super().write(data)

    def flush(self):
        self.act()

    def tell(self):
        self.act()
        return super().tell()

    def seek(self, *arguments):
        self.act()
        return super().seek(*arguments)


def detach():
    f.detach()


def renew():
    f.__init__(io.BytesIO(b'new'), 'latin-1')


def fail():
    try:
        f.__init__(1)
    except AttributeError:
        pass


def handler(error):
    f.__init__(io.BytesIO(), 'ascii', 'ignore')
    return '?', error.end


codecs.register_error('renewing', handler)
for action in detach, renew, fail:
    for operation in ('read(1)', 'read()', 'readline()', 'seek(2)', 'seek(0, 2)', 'tell()', 'write("x" * 9000)', 'flush()',
                      'truncate()', 'close()', 'detach()', 'reconfigure(newline="")'):
        buffer = Buffer(b'line\nline\n')
        f = io.TextIOWrapper(buffer, 'utf-8')
        buffer.action = action
        try:
            result = eval('f.' + operation)
            print(action.__name__, operation, 'ok')
        except (ValueError, OSError, AttributeError, TypeError, StopIteration) as error:
            print(action.__name__, operation, type(error).__name__, error)
f = io.TextIOWrapper(io.BytesIO(), 'ascii', 'renewing')
print(f.write('a\xe9b' * 3), f.errors)
f = io.TextIOWrapper(io.BytesIO(b'abcdef'), 'utf-8')
try:  # a position no tell() gave: -1 characters to skip
    f.seek((0xffffffff << 128) | 3)
    print(f.read(2))
except (OSError, IndexError) as error:
    print(type(error).__name__)
