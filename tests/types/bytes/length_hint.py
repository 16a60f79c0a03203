# bytearray.extend asks for the length hint; its errors are the caller's.
class Items:
    def __init__(self, hint):
        self.hint = hint
        self.items = iter(b'abc')

    def __iter__(self):
        return self

    def __next__(self):
        return next(self.items)

    def __length_hint__(self):
        if isinstance(self.hint, type):
            raise self.hint('from the hint')
        return self.hint


for hint in (3, 0, 10, NotImplemented, TypeError, RuntimeError, -1, 'x', 2**63 - 1):
    for use in (bytearray().extend, bytes, bytearray, list, tuple, [].extend):
        try:
            print(use(Items(hint)), end=' ')
        except BaseException as e:
            print(type(e).__name__, e, end=' ')
    print()
