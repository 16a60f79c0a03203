"""A wakeup descriptor that cannot be written to is reported, and the handler runs all the same."""
import os
import signal
import socket
import sys


def handler(signum, frame):
    print('handler')


def failing(signum, frame):
    raise KeyError(signum)


def hook(unraisable):
    print('unraisable', unraisable.exc_type.__name__, unraisable.exc_value, unraisable.err_msg, unraisable.object)


sys.stderr = sys.stdout
sys.unraisablehook = hook
reader, writer = os.pipe()
os.set_blocking(reader, False)
signal.set_wakeup_fd(reader)
signal.signal(signal.SIGUSR1, handler)
os.kill(os.getpid(), signal.SIGUSR1)
print('next')
signal.signal(signal.SIGUSR1, failing)
try:
    signal.raise_signal(signal.SIGUSR1)
except KeyError as error:
    print('raised', error)

one, other = socket.socketpair()
one.setblocking(1 << 32)
print(one.gettimeout())
one.setblocking(False)
try:
    while True:
        one.send(b'x' * 1000)
except BlockingIOError:
    pass
signal.signal(signal.SIGUSR1, handler)
for warn in True, False:
    signal.set_wakeup_fd(one.fileno(), warn_on_full_buffer=warn)
    signal.raise_signal(signal.SIGUSR1)
signal.set_wakeup_fd(-1)
