"""Kinds of path arguments: bytes-like objects are taken with a warning and come back as bytes."""
import os
import tempfile
import warnings

warnings.simplefilter('ignore')
folder = tempfile.mkdtemp()
os.chdir(folder)
os.symlink('target', 'link')


class Late:
    def __fspath__(self):
        return bytearray(b'/')


def attempt(function, *args):
    try:
        return function(*args)
    except Exception as error:
        name = getattr(error, 'filename', None)
        return f'{type(error).__name__} {error.args[0]} {type(name).__name__}'


for kind in bytes, bytearray, memoryview:
    print(kind.__name__, os.listdir(kind(b'.')), [(e.name, e.path) for e in os.scandir(kind(b'.'))], os.readlink(kind(b'link')))
    for function in os.stat, os.scandir, os.listdir, os.readlink, os.rmdir, os.statvfs, os.fspath, open:
        print(' ', function.__name__, attempt(function, kind(b'missing')))
    print(' ', attempt(os.stat, kind(b'a\0b')), attempt(os.open, kind(b'missing'), 0), attempt(os.rename, kind(b'missing'), kind(b'x')))
for value in Late(), 2.5, None:
    for function in os.stat, os.listdir, os.chdir:
        print(type(value).__name__, function.__name__, str(attempt(function, value)).replace(str(os.listdir()), 'the folder'))

warnings.simplefilter('error')
for function in os.stat, os.listdir, os.rmdir, os.chdir:
    print(attempt(function, bytearray(b'missing')))
print(attempt(os.link, bytearray(b'missing'), 'x'))
os.remove('link')
os.rmdir(folder)
