# Keys of a class that are not strings run code when attributes are looked up: it changes the class each time. What the
# instruction has learnt of the class must not outlive that.


class Key:
    def __init__(self, name, act):
        self.name, self.act = name, act

    def __hash__(self):
        return hash(self.name)

    def __eq__(self, other):
        self.act()
        return False


class First:
    attribute = 'first'

    def method(self):
        return 'first method'


class Second:
    attribute = 'second'

    def method(self):
        return 'second method'


def classes():
    def act():
        made.__bases__ = Second,

    made = type('Made', (First,), {Key('attribute', act): 1, Key('method', act): 2})
    return made


print({made.attribute for made in (classes() for _ in range(40))})


class Untagged:
    def method(self):
        return 'untagged'


def call(x):
    return x.method()


for i in range(100):
    call(classes()())
    Untagged.count = i  # takes away its version
    if call(Untagged()) != 'untagged':
        print('a method of another class')
