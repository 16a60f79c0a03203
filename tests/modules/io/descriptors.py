"""What FileIO and open() take for a descriptor, and whose it is when opening fails."""
import io
import os


class Number:
    def __init__(self, value):
        self.value = value

    def __index__(self):
        return self.value


class Interrupted:
    def __index__(self):
        raise KeyboardInterrupt


def attempt(label, opener, *args, **kwargs):
    try:
        with opener(*args, **kwargs) as file:
            print(label, 'opened', file.mode, getattr(file, 'closefd', None))
    except BaseException as error:
        print(label, type(error).__name__, str(error).replace(str(fd), 'FD'))


fd = 250
for label, file in [('index', Number(fd)), ('float', 2.5), ('large', 1 << 40), ('small', -1 << 40), ('-1', -1), ('None', None),
                    ('list', []), ('negative index', Number(-5)), ('text index', Number('a')), ('interrupted', Interrupted())]:
    os.dup2(os.open('/dev/null', os.O_RDWR), fd)
    attempt(label, io.FileIO, file)
    attempt(label + ', open', open, file)
attempt('-1 before the mode', io.FileIO, -1, 'zz')
attempt('the mode before the path', io.FileIO, 'missing', 'zz')
attempt('path with closefd=False', io.FileIO, '/dev/null', closefd=False)


def is_open():
    try:
        os.fstat(fd)
        return True
    except OSError:
        return False


class Refuses(io.FileIO):
    def __setattr__(self, name, value):
        raise ValueError('no ' + name)


os.dup2(os.open('/dev/null', os.O_RDWR), fd)
attempt('name refused', Refuses, fd)
print('still the caller\'s:', is_open())
os.dup2(os.open('/', os.O_RDONLY), fd)
attempt('folder', io.FileIO, fd)
print('still the caller\'s:', is_open())

# close() calls flush() on an open file, closefd or not.
for closefd in True, False:
    os.dup2(os.open('/dev/null', os.O_RDWR), fd)
    file = open(fd, 'wb', buffering=0, closefd=closefd)
    file.flush = lambda: print('flush, closed:', file.closed)
    file.close()
    print(file.closed, is_open())
