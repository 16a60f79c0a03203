"""bytes, bytearray, struct and memoryview."""
import struct

def pack(rounds):
    record = struct.Struct("<IHBd")
    total = 0
    buffer = bytearray(record.size * 16)
    for i in range(rounds):
        data = record.pack(i, i & 0xFFFF, i & 255, i / 2)
        number, short, byte, real = record.unpack(data)
        total += number + short + byte
        record.pack_into(buffer, (i & 15) * record.size, 1, 2, 3, 4.0)
        total += struct.unpack_from(">H", data, 2)[0]
    return total

def checksum(data):
    a, b = 1, 0
    for byte in data:
        a = (a + byte) % 65521
        b = (b + a) % 65521
    return b << 16 | a

def text(rounds):
    total = 0
    for i in range(rounds):
        raw = ("line %d caf\xe9" % i).encode()
        total += len(raw.decode("utf-8")) + len(raw.hex()) + raw.find(b" ")
        parts = raw.split(b" ")
        total += int(parts[1]) + len(b"-".join(parts))
        view = memoryview(raw)
        total += view[1] + len(view[2:5])
    return total

assert pack(200000) == 26526434336
assert checksum(bytes(range(256)) * 3000) == checksum(bytearray(range(256)) * 3000) == 1309703051
assert text(100000) == 5017405560
