"""The file names that OSError and audit events carry for path objects."""
import os
import pathlib
import sys
import tempfile


class BytesPath:
    def __fspath__(self):
        return b"missing"


def try_all(path):
    for function, *rest in ((os.stat,), (os.lstat,), (os.open, 0), (os.listdir,), (os.scandir,), (os.chmod, 0), (os.unlink,),
                            (os.rmdir,), (os.rename, path), (os.replace, "other"), (os.readlink,), (os.chdir,), (os.truncate, 0),
                            (os.link, path), (os.utime,), (os.mkfifo,), (os.chown, -1, -1), (os.statvfs,), (os.getxattr, path), (os.remove,)):
        if function is os.mkfifo:
            continue
        try:
            function(path, *rest)
        except OSError as error:
            print(function.__name__, error, repr(error.filename), repr(error.filename2))


os.chdir(tempfile.mkdtemp())
sys.addaudithook(lambda event, args: event.startswith("os.") and print("audit", event, args))
try_all(pathlib.Path("missing"))
try_all(BytesPath())
pathlib.Path("made").mkdir()
print(os.listdir(BytesPath().__fspath__().replace(b"missing", b"made")), list(os.scandir(pathlib.Path("made"))))
for bad in (3.5, None, object):
    try:
        os.stat(bad)
    except TypeError as error:
        print(error)
pathlib.Path("made").rmdir()
