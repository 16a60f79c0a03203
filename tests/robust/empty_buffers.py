# Empty buffers, some of which have no address at all, wherever bytes are taken or filled.
import array
import binascii
import ctypes
import fcntl
import hashlib
import io
import marshal
import os
import pickle
import re
import socket
import struct
import tempfile
import xml.parsers.expat
import zlib

FULL = b'abc'
NOTHING = os.open(os.devnull, os.O_RDONLY)
EMPTY = {
    'bytes': b'', 'bytearray': bytearray(), 'array': array.array('b'), 'memoryview': memoryview(b''), 'ctypes': (ctypes.c_char * 0)(),
    'popped': bytearray(b'x'),
}
EMPTY['popped'].pop()


def show(what, call, *arguments):
    try:
        answer = repr(call(*arguments))
    except Exception as error:
        answer = f'{type(error).__name__}: {error}'
    print(f'  {what}:', answer[:120])



def read_into(stream):
    return lambda empty: (stream().readinto(empty), stream().readinto1(empty) if hasattr(stream(), 'readinto1') else None)


def parse(empty):
    parser = xml.parsers.expat.ParserCreate()
    return parser.Parse(empty, False), parser.Parse(b'<a/>', True)


def write(stream):
    def call(empty):
        made = stream()
        return made.write(empty), made.tell()
    return call



def sent(empty):
    one, other = socket.socketpair()
    with one, other:
        counts = one.send(empty), one.sendmsg([empty, FULL, empty])
        return counts, other.recv(10), other.recv_into(empty) if writable(empty) else None


def writable(empty):
    return not memoryview(empty).readonly


def spliced(empty):
    target = bytearray(FULL)
    target[1:2] = empty
    target += empty
    target.extend(empty)
    return target, target.find(empty), target.replace(empty, b'-'), target.split(empty) if len(empty) else None


def arrayed(empty):
    target = array.array('b', FULL)
    target.frombytes(empty)
    return target, array.array('b', empty)


def viewed(empty):
    view = memoryview(bytearray(FULL))
    view[1:1] = empty
    return view.tobytes(), memoryview(empty).tobytes(), memoryview(empty) == view[3:], memoryview(empty).hex(), bytes(memoryview(empty)[::-1])


def written_file(empty):
    with tempfile.TemporaryFile() as file:
        return os.write(file.fileno(), empty), os.writev(file.fileno(), [empty, FULL]), os.pwrite(file.fileno(), empty, 0), file.write(empty)


def filled_file(empty):
    with tempfile.TemporaryFile() as file:
        file.write(FULL)
        file.seek(0)
        return file.readinto(empty), file.raw.readinto(empty), os.readv(file.fileno(), [empty])


CALLS = {
    'bytes': lambda empty: (bytes(empty), bytearray(empty), FULL + empty, FULL.join([empty, empty]), empty + FULL if hasattr(empty, 'find') else None),
    'bytes methods': lambda empty: (FULL.find(empty), FULL.count(empty), FULL.replace(empty, b'-'), FULL.startswith(bytes(empty)), FULL.strip(empty),
                                    FULL.partition(FULL), FULL.translate(None, empty), empty in FULL),
    'bytearray': spliced,
    'array': arrayed,
    'memoryview': viewed,
    'str': lambda empty: (str(empty, 'utf-8'), str(empty, 'latin-1'), str(empty, 'utf-16'), str(empty, 'ascii')),
    'int': lambda empty: int.from_bytes(empty, 'big'),
    'fromhex': lambda empty: (binascii.hexlify(empty), binascii.unhexlify(empty), binascii.b2a_base64(empty), binascii.crc32(empty)),
    'zlib': lambda empty: (zlib.crc32(empty), zlib.adler32(empty), zlib.decompress(zlib.compress(empty))),
    'hashes': lambda empty: [hashlib.new(name, empty).hexdigest()[:6] for name in ('md5', 'sha1', 'sha256', 'sha3_256', 'blake2b')],
    'blake2': lambda empty: hashlib.blake2b(empty, key=empty, salt=empty, person=empty).hexdigest()[:6],
    'struct': lambda empty: (struct.pack('0s3s', bytes(empty), bytes(empty)), struct.unpack('', empty), list(struct.iter_unpack('b', empty))),
    'pack_into': lambda empty: struct.pack_into('', empty, 0),
    'marshal': lambda empty: marshal.loads(marshal.dumps(empty)),
    'marshal text': marshal.loads,
    'pickle': lambda empty: pickle.loads(pickle.dumps(bytes(empty), 5)),
    'pickle text': pickle.loads,
    'pickle buffers': lambda empty: bytes(pickle.loads(pickle.dumps(pickle.PickleBuffer(empty), 5, buffer_callback=[].append), buffers=[empty])),
    're': lambda empty: (re.findall(b'', empty), re.match(b'a*', empty), re.sub(b'a', b'b', empty)),
    'BytesIO': lambda empty: io.BytesIO(empty).getvalue(),
    'BytesIO.write': write(io.BytesIO),
    'BytesIO.readinto': read_into(lambda: io.BytesIO(FULL)),
    'BufferedReader.readinto': read_into(lambda: io.BufferedReader(io.BytesIO(FULL))),
    'BufferedWriter.write': write(lambda: io.BufferedWriter(io.BytesIO())),
    'BufferedRandom.write': write(lambda: io.BufferedRandom(io.BytesIO(FULL))),
    'file': written_file,
    'file.readinto': filled_file,
    'expat': parse,
    'socket': sent,
    'addresses': lambda empty: socket.socket(socket.AF_UNIX).connect(empty),
    'inet_ntoa': socket.inet_ntoa,
    'fcntl': lambda empty: fcntl.fcntl(NOTHING, 12345, empty),
    'ioctl': lambda empty: fcntl.ioctl(NOTHING, 12345, empty),
    'compile': lambda empty: eval(compile(bytes(empty) + b'1', 's', 'eval')),
    'exec': exec,
    'ctypes': lambda empty: ctypes.string_at(bytes(empty), 0),
}

# At and past the end of what is read from, the source is empty.
stream = io.BytesIO(FULL)
for place in 3, 7:
    stream.seek(place)
    print(stream.readinto(bytearray(2)), stream.read(), stream.read1(), stream.readline(), stream.readlines(), stream.tell())
for name, empty in EMPTY.items():
    print(name)
    for what, call in CALLS.items():
        show(what, call, empty)
