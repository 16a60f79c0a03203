# Short programs that CPython 3.11 answers with a crash: here each ends in an exception.
import os


def show(call):
    try:
        print(call())
    except Exception as error:
        print(type(error).__name__, error)


show(lambda: os.pathconf(-1, 'PC_NAME_MAX'))
