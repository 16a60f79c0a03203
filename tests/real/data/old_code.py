# Python 2 as it used to be written.
import urllib2, ConfigParser, cPickle as pickle
from StringIO import StringIO
from itertools import izip, imap
import os, sys
import string

class Shop(object):
    __metaclass__ = Registry

    def __nonzero__(self):
        return len(self.items) <> 0

    def next(self):
        raise StopIteration, "done"

    def report(self, out=sys.stdout):
        print >>out, "Shop:", self.name,
        print >>out
        print "total", `self.total`
        for name, (count, price) in self.items.iteritems():
            if self.flags.has_key(name):
                print "%s x %d" % (name, count)
        for i in xrange(10): print i
        keys = self.items.keys()
        keys.sort()
        return map(lambda (a, b): a + b, self.pairs)

def load(path):
    try:
        text = unicode(file(path).read(), 'utf-8')
    except IOError, e:
        print e
        raise ValueError, "cannot load", sys.exc_info()[2]
    exec "x = 1" in globals()
    execfile("other.py")
    if isinstance(text, basestring) and type(text) == type(u""):
        return 0777L + 0xFFL + reduce(lambda a, b: a * b, [1, 2])
    assert filter(None, [1]) and apply(max, (1, 2))
    return os.getcwdu(), raw_input("? "), intern("x"), buffer("x")

def main():
    data = urllib2.urlopen("http://localhost").read()
    s = {}.setdefault(1, dict([(k, v) for k, v in izip("ab", imap(int, "12"))]))
    while 1:
        if not (1 in s) == True: break
    a = b = set([1, 2])
    a, b = b, a
    print string.letters, sys.maxint, u'text', ur'raw'
    from types import StringType, IntType
    t = zip(range(3), a)[0]
    d = dict.fromkeys(s).keys()[0]
    func.func_name, meth.im_self, sys.exitfunc
    import thread, Queue, Tkinter
