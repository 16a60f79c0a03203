"""Names looked up in a namespace with a key that is no str: how often its __eq__ is asked, and what it may do there."""
import os
import sys

if os.environ.get('PYTHONHASHSEED') != '0':  # how often a place is come by depends on the hashes
    os.execve(sys.executable, [sys.executable, __file__], {**os.environ, 'PYTHONHASHSEED': '0'})


class Key:
    def __init__(self, name):
        self.name = name

    def __hash__(self):
        return hash(self.name)

    def __eq__(self, other):
        log.append(other)
        if other == 'cleared':
            space.clear()
        return False


log = []
space = {Key('len'): 1}
for source in ('len', 'x = 1; x', 'nope'):
    try:
        exec(source, space, space)
    except NameError as error:
        print(error)
    print(source, log)
    log.clear()
for source in ('cleared', 'cleared = 1'):
    space = {Key('cleared'): 1, 'cleared ': 2}
    try:
        exec(source, space)
    except NameError as error:
        print(error)
    print(sorted(key for key in space if isinstance(key, str)), log)
    log.clear()
