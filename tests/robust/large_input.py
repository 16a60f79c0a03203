"""Input of several megabytes, which C interfaces want copied or collected: in an address space just too small, then larger and
larger ones, each call fails with MemoryError or does what it always does, and never ends the process."""
import _posixsubprocess
import codecs
import csv
import hashlib
import io
import locale
import marshal
import os
import random
import select
import socket
import time
import tracemalloc
import unicodedata
import xml.etree.ElementTree
import zlib

from short_of_memory import show_outcomes

SIZE = 6_000_000
TEXT = 'a' * SIZE
BYTES = b'a' * SIZE
NULLS = zlib.compress(bytes(5 * SIZE))
WORDS = b'a ' * 400_000
LATIN = b'# coding: latin-1\n"' + bytes([0xe9]) * 2_000_000 + b'"'
PIECES = [b'a'] * 200_000
ROOM_PIECES = [bytearray(1)] * 200_000
ARGUMENTS = ['a' * 30] * 100_000
ARGUMENT_BYTES = [b'a' * 30] * 100_000
null_in, null_out = os.open('/dev/zero', os.O_RDONLY), os.open('/dev/null', os.O_WRONLY)
left, right = socket.socketpair()
left.setblocking(False)
csv.field_size_limit(SIZE)


class Raw(io.RawIOBase):
    """Reads many small pieces and takes all there is to write."""
    left = SIZE

    def readable(self):
        return True

    writable = readable

    def readinto(self, buffer):
        size = min(self.left, len(buffer))
        self.left -= size
        buffer[:size] = BYTES[:size]
        return size

    def write(self, data):
        return len(data)


poll = select.poll()
for descriptor in range(200_000):
    poll.register(descriptor)


def turn(view):
    view[:] = view[::-1]


def set_children(element, children):
    element[:] = children


def trace():
    tracemalloc.start(20)
    try:
        kept = [[] for _ in range(50_000)]
    finally:
        tracemalloc.stop()


def flush_decompressor():
    stream = zlib.decompressobj()
    stream.decompress(NULLS, 10)
    stream.flush()


def write_pending():
    stream = io.TextIOWrapper(io.BufferedWriter(Raw()))
    stream._CHUNK_SIZE = 2 * SIZE
    stream.write(TEXT)


def read_and_tell():
    stream = io.TextIOWrapper(io.BytesIO(BYTES))
    stream._CHUNK_SIZE = SIZE
    stream.read(5)
    stream.tell()


def start(arguments=(b'a',), programs=(b'/-',), folder=None, environment=None):
    out = os.pipe()
    process = _posixsubprocess.fork_exec(arguments, programs, True, (out[1],), folder, environment, -1, -1, -1, -1, -1, -1,
                                         *out, False, False, 0, None, None, None, -1, None, False)
    os.waitpid(process, 0)


show_outcomes({
    'compress': lambda: zlib.compress(os.urandom(SIZE), 0),
    'decompress': lambda: zlib.decompress(NULLS),
    'compressobj': lambda: zlib.compressobj(0).compress(os.urandom(SIZE)),
    'decompressobj': lambda: zlib.decompressobj().decompress(NULLS),
    'decompressobj flush': flush_decompressor,
    'csv field': lambda: next(csv.reader([TEXT])),
    'pending text': write_pending,
    'pending encoded text': lambda: io.TextIOWrapper(Raw()).write('\u1234' * (SIZE // 3)),
    'chunk of text': read_and_tell,
    'read': lambda: io.BufferedReader(Raw()).read(),
    'readline': lambda: io.BufferedReader(Raw()).readline(),
    'readall': lambda: Raw().readall(),
    'path': lambda: os.stat(TEXT),
    'path of bytes': lambda: os.rename(BYTES, BYTES),
    'normal path': lambda: os.path.normpath(TEXT),
    'path to open': lambda: open(TEXT),
    'mode': lambda: open('/', TEXT),
    'encoding': lambda: codecs.lookup(TEXT),
    'execv': lambda: os.execv('/-', ARGUMENTS),
    'execve': lambda: os.execve('/-', ['a'], {'a': TEXT}),
    'posix_spawn': lambda: os.posix_spawn('/-', ARGUMENTS, {}),
    'fork_exec': lambda: start(ARGUMENT_BYTES),
    'fork_exec programs': lambda: start(programs=ARGUMENT_BYTES),
    'fork_exec environment': lambda: start(environment=ARGUMENT_BYTES),
    'fork_exec folder': lambda: start(folder=TEXT),
    'readv': lambda: os.readv(null_in, ROOM_PIECES),
    'writev': lambda: os.writev(null_out, PIECES),
    'sendmsg': lambda: left.sendmsg(PIECES),
    'sendmsg ancillary': lambda: left.sendmsg([b'a'], [(1, 1, b'a')] * 100_000),
    'sendmsg ancillary item': lambda: left.sendmsg([b'a'], [(1, 1, BYTES)]),
    'recvmsg_into': lambda: left.recvmsg_into(ROOM_PIECES),
    'host': lambda: socket.getaddrinfo(BYTES, 1),
    'address': lambda: left.connect(BYTES),
    'strftime': lambda: time.strftime(TEXT),
    'normalize': lambda: unicodedata.normalize('NFKC', '\ufdfa' * 400_000),
    'is_normalized': lambda: unicodedata.is_normalized('NFC', 'a\u0301' * 1_000_000),
    'strxfrm': lambda: locale.strxfrm(TEXT[:1_000_000]),
    'strcoll': lambda: locale.strcoll(TEXT, TEXT),
    'split': lambda: WORDS.split(),
    'rsplit': lambda: WORDS.rsplit(b' '),
    'splitlines': lambda: WORDS.replace(b' ', b'\n').splitlines(),
    'join': lambda: b''.join(ROOM_PIECES),
    'view hash': lambda: hash(memoryview(BYTES)[::2]),
    'view hex': lambda: memoryview(BYTES)[::2].hex(),
    'view assignment': lambda: turn(memoryview(bytearray(BYTES))),
    'poll': lambda: poll.poll(0),
    'seed': lambda: random.Random(int.from_bytes(BYTES, 'big')),
    'hexdigest': lambda: hashlib.shake_128().hexdigest(SIZE),
    'groups': lambda: format(1, '06000000,'),
    'children': lambda: set_children(xml.etree.ElementTree.Element('a'), [xml.etree.ElementTree.Element('b')] * 400_000),
    'tag': lambda: xml.etree.ElementTree.fromstring('<%s/>' % TEXT),
    'source': lambda: eval(BYTES),
    'float': lambda: float('1_1' * (SIZE // 3)),
    'float of other digits': lambda: float('\u0661' * 2_000_000),
    'complex': lambda: complex('1' * SIZE),
    'decoded source': lambda: compile(LATIN, 's', 'exec'),
    'file name of a source': lambda: compile('(', TEXT, 'exec'),
    'marshal set': lambda: marshal.dumps(frozenset(range(100_000))),
    'trace': trace,
    'percent': lambda: format(1.5, '.6000000%'),
}, (MemoryError, OSError, ValueError, LookupError, NameError, SyntaxError), (5, 13, 34))
