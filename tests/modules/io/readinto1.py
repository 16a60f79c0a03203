"""How many raw reads readinto() and readinto1() make, and of what size."""
import io


class Raw(io.RawIOBase):
    def __init__(self, pieces):
        self.pieces = list(pieces)
        self.asked = []

    def readable(self):
        return True

    def readinto(self, buffer):
        self.asked.append(len(buffer))
        if not self.pieces:
            return 0
        piece = self.pieces.pop(0)
        if piece is None:
            return None
        count = min(len(piece), len(buffer))
        buffer[:count] = piece[:count]
        return count


for pieces in [b'abc', b'de', b'fgh', b'jkl'], [None], [b'abc', None], [b'abc'], [b'0123456789', b'ab', b'c']:
    for peeked in False, True:
        for size in 0, 2, 3, 10, 11, 20, 40:
            for method in 'readinto', 'readinto1':
                raw = Raw(pieces)
                stream = io.BufferedReader(raw, buffer_size=10)
                if peeked:
                    stream.peek(1)
                target = bytearray(size)
                counts = [getattr(stream, method)(target) for _ in range(3)]
                print(method, size, peeked, counts, target.hex(), raw.asked)
