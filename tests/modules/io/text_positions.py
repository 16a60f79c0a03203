"""tell() of text streams: lines made of several chunks, decoders with state, and the cookies themselves."""
import io

SAMPLE = 's\xff\u0fff\uffff'


def positions(data, encoding, chunk, step, newline=None):
    stream = io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline=newline)
    stream._CHUNK_SIZE = chunk
    found, pieces = [], []
    while True:
        found.append(stream.tell())
        piece = stream.readline() if step == 0 else stream.readline(step) if step < 0 else stream.read(step)
        if not piece:
            break
        pieces.append(piece)
    again = []
    for position in found:
        stream.seek(position)
        again.append(stream.read(1) or stream.read(1))
    return found, pieces, again


for encoding in 'ascii', 'utf-8', 'utf-8-sig', 'utf-16', 'shift_jis', 'utf-7':
    alphabet = SAMPLE if encoding.startswith('utf') else 'abc'
    text = ''.join(''.join(alphabet[i % len(alphabet)] for i in range(size)) + '\n' for size in (0, 1, 2, 3, 31, 32, 33, 100))
    data = text.encode(encoding)
    for chunk in 1, 2, 5, 32, 100:
        for step in 0, 1, 7:
            found, pieces, again = positions(data, encoding, chunk, step)
            print(encoding, chunk, step, ''.join(pieces) == text, len(found), sum(found) % 1000003, max(found), hash(''.join(again)) == hash(''.join(p[0] for p in pieces)))

# Terminators of two characters that lie in two chunks; limits.
data = b'one\r\ntwo\rthree\nfour\r\n\r\nfive'
for newline in None, '', '\n', '\r', '\r\n':
    for chunk in 1, 2, 3, 4, 5, 50:
        print(newline.encode() if newline else newline, chunk, positions(data, 'ascii', chunk, 0, newline)[1])
for limit in range(0, 9):
    for chunk in 1, 3, 4, 50:
        stream = io.TextIOWrapper(io.BytesIO(data), encoding='ascii', newline='\r\n')
        stream._CHUNK_SIZE = chunk
        print(limit, chunk, [(stream.readline(limit), stream.tell()) for _ in range(5)])

detached = io.TextIOWrapper(io.BytesIO(), encoding='ascii')
detached.detach()
print(detached)
