# Answers of a raw stream that are no counts.
import io


class Raw(io.RawIOBase):
    def __init__(self, answer):
        self.answer = answer

    def readable(self):
        return True

    writable = seekable = readable

    def readinto(self, block):
        return self.answer

    def write(self, block):
        return self.answer

    def seek(self, position, whence=0):
        return self.answer

    def tell(self):
        return self.answer


def attempt(function):
    try:
        print(function())
    except Exception as error:
        print(type(error).__name__, error)


for answer in None, -5, "x", 1.5, 2**70:
    attempt(lambda: io.BufferedReader(Raw(answer)).read(5))
    attempt(lambda: Raw(answer).read(5))
    attempt(lambda: io.BufferedReader(Raw(answer)).tell())
    writer = io.BufferedWriter(Raw(answer), 4)
    attempt(lambda: writer.write(b"abcdefgh"))
    attempt(writer.flush)
    writer.raw.answer = 8
    attempt(writer.close)
