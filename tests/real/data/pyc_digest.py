"""Prints one checksum per .pyc file of a folder: of its bytes without the time of the source."""
import hashlib
import pathlib
import sys

for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.pyc")):
    raw = path.read_bytes()
    is_hashed = raw[4]
    print(path, hashlib.sha256(raw if is_hashed else raw[:8] + raw[12:]).hexdigest()[:16])
