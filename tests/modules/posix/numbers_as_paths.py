# Functions that take a descriptor in a path's place: -1 is no descriptor, so that neither is given then.
import os


class Index:
    def __init__(self, number):
        self.number = number

    def __index__(self):
        return self.number

    def __repr__(self):
        return f'Index({self.number})'


def show(name, *args, **options):
    try:
        answer = bool(getattr(os, name)(*args, **options))
    except Exception as error:
        answer = f'{type(error).__name__}: {error}'
    print(name, *args, options, answer)


for number in -1, -5, 999, Index(-1), Index(999):
    for options in {}, {'follow_symlinks': False}:
        show('getxattr', number, 'user.x', **options)
        show('setxattr', number, 'user.x', b'', **options)
        show('removexattr', number, 'user.x', **options)
        show('listxattr', number, **options)
        for more in {}, {'dir_fd': 998}:
            show('stat', number, **options, **more)
            show('chmod', number, 1, **options, **more)
            show('chown', number, 0, 0, **options, **more)
            show('utime', number, **options, **more)
    show('execve', number, ['a'], {})
    show('truncate', number, 0)
    show('statvfs', number)
    show('chdir', number)
    show('listdir', number)
    show('scandir', number)
    show('access', number, 0)
show('pathconf', 999, 'PC_NAME_MAX')
