# Where the address space is limited, a stack that is to be deep has its part. (CPython 3.11 dies of a deep stack.)
import resource
import sys


def used():
    with open('/proc/self/statm') as sizes:
        return int(sizes.read().split()[0]) * resource.getpagesize()


def nested(levels):
    chain = []
    for _ in range(levels):
        chain = [chain]
    return chain


left, right = nested(100000), nested(100000)
sys.setrecursionlimit(10**9)
resource.setrlimit(resource.RLIMIT_AS, (used() + (32 << 20), resource.RLIM_INFINITY))
kept = []
try:
    while True:
        kept.append(bytearray(3000))
except MemoryError:
    del kept[::2]  # room again, but no new addresses
try:
    print(left == right)
except (MemoryError, RecursionError) as error:
    print(type(error).__name__)
