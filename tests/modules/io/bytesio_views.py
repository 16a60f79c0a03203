# BytesIO whose size argument closes or exports it, and data that is a view of the very object.
import io


class Size:
    def __init__(self, action):
        self.action = action

    def __index__(self):
        self.action()
        return 1


def show(call):
    try:
        print(call())
    except Exception as error:
        print(type(error).__name__, error)


def exporter(content):
    """A BytesIO and the object that its views refer to, without a view."""
    file = io.BytesIO(content)
    with file.getbuffer() as view:
        return file, view.obj


file = io.BytesIO(b'abc')
show(lambda: file.truncate(Size(file.close)))
file, views = io.BytesIO(b'abc'), []
show(lambda: file.truncate(Size(lambda: views.append(file.getbuffer()))))
print(bytes(views[0]))
text = io.TextIOWrapper(io.BytesIO(b'abc'))
show(lambda: text.truncate(Size(text.close)))
for content, position in (b'abc', 1), (b'x' * 100, 99), (b'abcdefgh', 0), (b'abcdefgh', 2), (b'', 3):
    file, itself = exporter(content)
    file.seek(position)
    show(lambda: file.write(itself))
    show(file.getvalue)
file, itself = exporter(b'abcdefgh')
show(lambda: file.__setstate__((itself, 0, None)))
show(file.getvalue)
show(lambda: file.__init__(itself))
