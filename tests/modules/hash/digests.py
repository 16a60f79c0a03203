# The hash modules: digests, parameters, errors.
import _md5,_sha3,_blake2,_sha256,_sha512


def show(text):
    try:
        print(text, '->', ascii(eval(text)))
    except BaseException as error:
        print(text, '->', type(error).__name__, ascii(str(error)))




for text in r'''
_md5.md5("a")
_md5.md5(1)
_md5.md5(string=b"a").hexdigest()
_md5.md5().update("a")
_md5.md5().update(1)
_md5.MD5Type()
_sha3.sha3_224("a")
_sha3.sha3_224(1)
_sha3.sha3_224().name
_sha3.sha3_224()._capacity_bits
_sha3.sha3_224()._rate_bits
_sha3.sha3_224()._suffix
_sha3.shake_128()._suffix
_sha3.shake_128().digest(-1)
_sha3.shake_128().digest(1<<29)
_sha3.shake_128().digest(1<<40)
_sha3.shake_128().digest("a")
_sha3.shake_128().digest(0)
_sha3.shake_128().digest_size
_sha3.shake_128().block_size
_blake2.blake2b(digest_size=0)
_blake2.blake2b(digest_size=65)
_blake2.blake2s(digest_size=33)
_blake2.blake2b(salt=b"x"*17)
_blake2.blake2b(person=b"x"*17)
_blake2.blake2b(key=b"x"*65)
_blake2.blake2b(fanout=256)
_blake2.blake2b(fanout=-1)
_blake2.blake2b(depth=0)
_blake2.blake2b(depth=256)
_blake2.blake2b(leaf_size=-1)
_blake2.blake2b(leaf_size=1<<32)
_blake2.blake2b(node_offset=-1)
_blake2.blake2b(node_offset=1<<64)
_blake2.blake2s(node_offset=1<<48)
_blake2.blake2b(node_depth=256)
_blake2.blake2b(inner_size=65)
_blake2.blake2s(inner_size=33)
_blake2.blake2b("a")
_blake2.blake2b(1)
_blake2.blake2b().name
_blake2.blake2b().block_size
_blake2.blake2b.MAX_DIGEST_SIZE
_blake2.blake2b(b"",1)
_sha256.sha224().name
_sha512.sha384().name
_blake2.blake2b(key="a")
_blake2.blake2b(leaf_size=1<<70)
_blake2.blake2b(leaf_size="a")
'''.split('\n')[1:-1]:
    show(text)
