"""Hunts leaks as `-m test -R 3:3` does, in builds that do not count all references: KRAIT leaks.py MODULE...

References are those to objects that the collector knows; blocks are sys.getallocatedblocks(). Runs under CPython too:
what it leaks in the same run is no finding.
"""
import gc
import sys
from test.libregrtest import main


def total():
    return sum(map(sys.getrefcount, gc.get_objects()))


if not hasattr(sys, 'gettotalrefcount'):
    sys.gettotalrefcount = total
if not hasattr(sys, '_getquickenedcount'):
    sys._getquickenedcount = lambda: 0
main(huntrleaks=(3, 3, 'reflog.txt'))
