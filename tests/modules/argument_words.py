# Wrong counts and kinds as the functions word them that are parsed by PyArg_ParseTuple, and a few orders of checks.
import _codecs
import _imp
import _socket
import _thread
import array
import collections
import contextvars
import datetime
import faulthandler
import itertools
import os
import sys
import syslog
import threading
import time
import warnings
import xxsubtype

sock = _socket.socket()
for line in """
time.gmtime(1, 2)
time.strftime()
time.clock_gettime()
time.clock_gettime(2**31)
time.clock_getres(2**70)
time.clock_settime(1)
time.localtime(1, 2)
time.get_clock_info()
time.get_clock_info(1)
time.pthread_getcpuclockid()
syslog.LOG_MASK()
syslog.LOG_UPTO(1, 2)
syslog.openlog(1)
xxsubtype.spamlist().setstate()
contextvars.ContextVar('a', 'b')
_socket.gethostbyname()
_socket.getservbyname()
_socket.ntohs()
_socket.inet_aton(1)
_socket.inet_pton()
_socket.inet_ntop(1)
_socket.socketpair(1, 2, 3, 4)
_socket.if_nametoindex()
_socket.getprotobyname(1)
_socket.CMSG_LEN()
sock.send()
sock.recv()
sock.recvmsg()
sock.sendall()
sock.listen(1, 2)
sock.setsockopt(1)
sock.setsockopt(1, 2)
sock.setsockopt(1, 2, None, 4, 5)
sock.setsockopt('x', 2, 3)
sock.getsockopt(1)
sock.getsockopt(1, 2, 3, 4)
sock.recv_into(b'x')
sock.recvfrom_into('x', 1, 1)
_thread.stack_size(1, 2)
faulthandler.unregister()
faulthandler.unregister(2**70)
faulthandler.register(1, 1, 'x')
faulthandler.dump_traceback('x', 'y')
threading.Lock().acquire('x')
threading.RLock().acquire(2**40)
datetime.datetime.strptime(1)
datetime.datetime.utcfromtimestamp()
datetime.datetime.now().isoformat('x', timespec=1)
datetime.datetime.now().isoformat('x', 'auto', 1)
datetime.time().isoformat(1)
datetime.timezone(None)
datetime.datetime.combine(None, None)
datetime.datetime.combine(None)
datetime.datetime.combine(datetime.date(1, 1, 1), 5, x=1)
datetime.datetime.combine(datetime.date(1, 1, 1), datetime.time(), tzinfo=datetime.timezone.utc, x=1)
datetime.datetime.combine(time=datetime.time(1), date=datetime.date(1, 1, 1))
datetime.date.fromisocalendar('x')
datetime.date.fromisocalendar(2**70, 1)
datetime.date.fromisocalendar(2020, week=1, day=2**40)
datetime.date.fromisocalendar(2020, day=7, week=53)
datetime.date.fromordinal()
min(**{1: 2})
min(1, **{1: 2})
max([1], **{1: 2})
max(**{'key': len})
collections.OrderedDict(**{1: 2})
collections.OrderedDict().update(**{1: 2})
range(3).__reduce__(1)
'a'.splitlines('x')
b'a'.splitlines(None)
bytearray(b'a\\nb').splitlines(keepends=2)
compile('1', 'f', 'eval', dont_inherit='x')
open(os.devnull, closefd='x')
open(os.devnull, '')
open(os.devnull, 'rw')
os.set_blocking(0, 'x')
_codecs.utf_8_decode(b'', None, 'x')
_codecs.unicode_escape_decode('a', 'b', 'c')
memoryview(b'').cast('\xe9')
array._array_reconstructor(1, 2, 3, 4)
array._array_reconstructor(1, 'b', 3, 4)
array._array_reconstructor(array.array, '', 'a', b'')
array.array(None)
array.array('x', 5)
array.array('x', 'y')
array.array('x', array.array('u'))
array.array('x', [1])
array.array('i').fromunicode(None)
os.waitstatus_to_exitcode(1.5)
os.kill(2**70, 0)
os.getpgid(2**31)
os.setegid('x')
os.setreuid('x', 1)
os.chown('/', 1, 'x')
os.major(-1)
os.major(2**70)
os.makedev(-1, 1)
os.pidfd_open(1, 'x')
os.pidfd_open(1, -1)
os.pidfd_open(1, 2**40)
os.path.normpath('a//b')
sys.audit(x=1)
sys.intern(None)
warnings.warn_explicit(1, 2, 'f', 2**40)
_imp._fix_co_filename(None, None)
[].__format__(None)
itertools.cycle([]).__setstate__((None, 1))
itertools.permutations([1], 1).__setstate__(((), None))
eval('1', [])
sys.setswitchinterval(0)
sys.setswitchinterval(float('nan'))
sys.getswitchinterval()
sys.setswitchinterval(float('inf'))
sys.getswitchinterval()
""".strip().split("\n"):
    try:
        print(line, "->", ascii(eval(line)))
    except Exception as error:
        print(line, "->", type(error).__name__, ascii(str(error)))
sys.setswitchinterval(0.005)
# Methods that CPython hands their class, methods that take and ignore arguments, names of types without their module.
import io
import mmap
import pyexpat
import xml.etree.ElementTree
import zlib


class Path:
    def __fspath__(self):
        return io.BytesIO()


items = array.array("i")
pair = io.BufferedRWPair(io.BytesIO(), io.BytesIO())
text = io.TextIOWrapper(io.BytesIO(b"abc\nd"))
for call in (lambda: items.tofile(), lambda: items.tofile(1, 2), lambda: items.tofile(f=1), lambda: items.fromfile(1, x=1),
             lambda: items.fromfile(1, 2, x=1), lambda: items.__reduce_ex__(), lambda: items.extend(x=1), lambda: items.extend(),
             lambda: zlib.compressobj().copy(1), lambda: type(zlib.compressobj().__copy__(x=1)).__name__, lambda: zlib.compressobj().compress(),
             lambda: zlib.decompressobj().flush(1, 2), lambda: zlib.decompressobj().__deepcopy__(x=1),
             lambda: pyexpat.ParserCreate().Parse(), lambda: pyexpat.ParserCreate().Parse("x", "y"),
             lambda: pyexpat.ParserCreate().ParseFile(1, 2), lambda: pyexpat.ParserCreate().UseForeignDTD(1, 2),
             lambda: pyexpat.ParserCreate().ExternalEntityParserCreate("x", None),
             lambda: io.BytesIO()._checkReadable(1), lambda: io.StringIO().__exit__(x=1), lambda: io.TextIOBase().detach(1),
             lambda: io.BufferedIOBase().read(x=1), lambda: io.RawIOBase().write(x=1), lambda: pair.flush(1), lambda: pair.close(x=1),
             lambda: pair.isatty(), lambda: io.BufferedReader(io.BytesIO()).read1(None), lambda: io.BytesIO().readlines(2**70),
             lambda: text.readline(None), lambda: text.readline(2), lambda: io.IncrementalNewlineDecoder(None, "x"),
             lambda: io.IncrementalNewlineDecoder(None, 1).decode("a", "x"), lambda: threading.Lock().__enter__(True, 1),
             lambda: threading.Lock().__enter__("x"), lambda: threading.RLock()._acquire_restore(),
             lambda: type(__import__("functools").lru_cache(len).__copy__(1)), lambda: mmap.mmap(-1, 9).read("x"),
             lambda: datetime.datetime.now().isoformat(1, 2), lambda: datetime.date(1, 1, 1).__format__("a", "b"),
             lambda: open(io.BytesIO()), lambda: os.stat(collections.deque()), lambda: os.fspath(Path()), lambda: os.listdir(sock),
             lambda: type.__dict__ < int.__dict__, lambda: type.__dict__ == type.__dict__, lambda: int.__dict__ == {},
             lambda: xml.etree.ElementTree.Element("a").find(b"x"), lambda: xml.etree.ElementTree.Element("a").find(b"x/y")):
    try:
        print(ascii(call()))
    except Exception as error:
        print(type(error).__name__, ascii(str(error)))

# Functions whose C code takes its arguments apart in a way of its own.
import _imp
import _warnings
import datetime
import io
import marshal
import pickle
import signal
import syslog
import threading
import time
import warnings
import xxsubtype

BIG = 2 ** 70


def words(function, *args, **kwargs):
    try:
        result = function(*args, **kwargs)
        print(function.__name__, ascii(result)[:60])
    except Exception as error:
        print(function.__name__, type(error).__name__, error)


for function, *arguments in (
        (signal.set_wakeup_fd, BIG), (signal.set_wakeup_fd, 1, 2), (signal.set_wakeup_fd,), (signal.set_wakeup_fd, 2 ** 40),
        (syslog.setlogmask,), (syslog.setlogmask, 1, 2), (syslog.setlogmask, 'x'), (syslog.LOG_MASK, BIG), (syslog.LOG_UPTO, 'x'),
        (time.clock_gettime_ns,), (time.clock_gettime_ns, 1, 2), (time.clock_gettime_ns, 'x'), (time.clock_gettime_ns, 2 ** 40),
        (time.clock_settime_ns, 1), (time.clock_settime_ns, 'x', 'y'), (time.clock_settime_ns, 1, 'y'), (time.asctime, 1, 2),
        (_imp.get_frozen_object, 'zipimport', 1), (_imp.get_frozen_object, 'nosuch', b''), (_imp.get_frozen_object, 'zipimport', marshal.dumps(1)),
        (xxsubtype.bench,), (xxsubtype.bench, 1, 2), (xxsubtype.bench, 1, 'real', 'x'), (xxsubtype.bench, 1, 'real', 2, 3), (xxsubtype.bench, 1, 'nosuch')):
    words(function, *arguments)
words(syslog.openlog, 1, bogus=1)
words(xxsubtype.bench, bogus=1)
print(type(xxsubtype.bench([], 'append', 3)))
import _thread
words(_thread.interrupt_main, BIG)
words(_thread.interrupt_main, 2 ** 40)

for arguments in (('m',), ('m', None, 1), ('m', UserWarning, 1, 1), ('m', int, 'f', 1.5), ('m', UserWarning, 'f', 1, 2)):
    words(_warnings.warn_explicit, *arguments)
    words(_warnings.warn_explicit, *arguments, bogus=3)
words(_warnings.warn_explicit, message='m', category=int, filename=3)

lock = threading.RLock()
for state in None, 1, (), (1,), (1, 2, 3), b'ab', 'ab', ('a', 2), (1, None), [1.5, 2]:
    words(lock._acquire_restore, state)
lock._acquire_restore([-1, 5])
print(lock._release_save())

unpickler = pickle.Unpickler(io.BytesIO())
for memo in {1: 2}, {}, {'a': 1}, {-1: 2}, [], unpickler.memo:
    try:
        unpickler.memo = memo
        print(unpickler.memo.copy())
    except Exception as error:
        print(type(error).__name__, error)

for text in '0000-W12-2', '0000W12', '0000W53', '0000-W00-1', '0000-W12-0', '0001-W01-1', '9999-W52-6':
    words(datetime.date.fromisoformat, text)
    words(datetime.datetime.fromisoformat, text + 'T12')

for value in datetime.date(2020, 1, 1), datetime.time(1), datetime.datetime(2020, 1, 1):
    for arguments, names in (('q',), {'x': 1}), ((1,), {'x': 1}), ((1, None), {'x': 1}), ((), {'x': 1}):
        words(value.replace, *arguments, **names)
words(datetime.datetime, 1, 1, 1, fold=5, tzinfo=3)
words(datetime.datetime, 0, 1, 1, tzinfo=3)
words(datetime.datetime, 1, 1, 1, tzinfo=3)
for arguments in (), (1,), ('q', 'x'), (datetime.timedelta(1), 3), (datetime.timedelta(0), None), (datetime.timedelta(5), 'x'):
    words(datetime.timezone, *arguments)
    words(datetime.timezone, *arguments, year=2)

for name in 'none', '__hello__', 'zipimport':
    for data in b'x', b'', b'N', b'i\0\0\0\0', b'u\1\0\0\0\xff', bytearray(b'N'), 'x', 3:
        words(_imp.get_frozen_object, name, data)
try:
    _imp.get_frozen_object('none', b'x')
except SystemError as error:
    print(repr(error.__cause__), error.__cause__ is error.__context__)

events = []
sys.addaudithook(lambda event, arguments: events.append(event) if 'asyncgen' in event else None)
for arguments, names in (((1, 2, 3), {}), ((), {'a': 1}), ((None, None), {'a': 1}), ((None,), {'firstiter': 1}), ((print, len), {}),
                         ((1, print), {}), ((print, 1), {}), ((1, 1), {}), ((len,), {'finalizer': None}), ((None, None), {})):
    words(sys.set_asyncgen_hooks, *arguments, **names)
    print(sys.get_asyncgen_hooks(), events)
    events.clear()

class Fails:
    def __index__(self):
        raise ZeroDivisionError('index')

    def __hash__(self):
        raise ZeroDivisionError('hash')

    def __eq__(self, other):
        raise ZeroDivisionError('eq')


import _csv
import pwd
import grp
import re
import unicodedata

for text in '\0', 'a\0b', '\ud800', 'monotonic':
    words(time.get_clock_info, text)
    words(memoryview(b'ab').tobytes, text)
    words(datetime.time(1).isoformat, text)
    words(datetime.datetime(1, 1, 1).isoformat, timespec=text)
    words(unicodedata.lookup, text)
words(syslog.openlog, 'a\0b')
words(pwd.getpwuid, Fails())
words(grp.getgrgid, Fails())
words(b'a'.__contains__, Fails())
words(bytearray(b'a').__contains__, Fails())
words(_socket.dup, 2 ** 70)
words(_socket.getaddrinfo, None, None, 'x', bogus=1)
words(faulthandler.register, 'x', bogus=1)
words(faulthandler.unregister, 12, bogus=1)
words(faulthandler.unregister, bogus=1)
for arguments, names in ((range(12), {'bogus': 1}), ((), dict.fromkeys('abcdefghij')), ((None,), {'dialect': 1}), ((), {'bogus': 1})):
    words(_csv.Dialect, *arguments, **names)
    words(_csv.reader, [], *arguments, **names)
for match in re.match('a', 'a'), re.match('(?P<x>a)', 'a'):
    for group in [], {}, 'b', None, 1.5, [1], 'x':
        words(match.group, group)
scanner = re.compile('a').scanner('aaa')
md5, sha1 = __import__('_md5').md5(), __import__('_sha1').sha1()
for method in scanner.match, scanner.search, lambda *a, **k: md5.copy(*a, **k).name, lambda *a, **k: sha1.copy(*a, **k).name:
    for arguments, names in ((), {'bogus': 1}), ((1,), {}), ((1, 2), {'bogus': 1}):
        words(method, *arguments, **names)
for arguments in (), (1,), (1, 2), (1, 2, 3, 4), (1, 2, None), (1, 2, None, 'a'), ('a', 2, None, 4), (1, 2, b'x', 3), (1, 2, 1.5), (1, 'a', 3), (1, 2, 3, 4, 5):
    words(sock.setsockopt, *arguments)
for names in {}, {'op': 1}, {'bogus': 1}:
    words(sock.sendmsg_afalg, **names)
local = _thread._local()
for key in '__dict__', 'a', 5, Fails():
    for method, rest in (local.__getattribute__, ()), (local.__setattr__, (1,)), (local.__delattr__, ()):
        words(method, key, *rest)
local.__dict__['__class__'] = 5
print(local.__class__)


class Sized:
    def __init__(self, size):
        self.size = size

    def __sizeof__(self):
        return self.size


for size in None, 1.5, 'x', -1, 2 ** 70:
    words(sys.getsizeof, Sized(size))
    words(sys.getsizeof, Sized(size), 'default')

import gc

sys.addaudithook(lambda event, arguments: print(event, arguments) if event == 'gc.get_objects' else None)
for generation in -1, -2, 3, 'x', None, 1.5, 2 ** 70:
    try:
        print(type(gc.get_objects(generation=generation)))
    except Exception as error:
        print(type(error).__name__, error)
