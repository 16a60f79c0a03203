"""Prints one checksum per .pyc file of a folder: of its header and of everything its code objects hold."""
import hashlib
import marshal
import pathlib
import sys
import types


def text(value):
    if isinstance(value, types.CodeType):
        fields = (name for name in sorted(dir(value)) if name.startswith("co_") and name != "co_lnotab")
        return repr([(name, text(got)) for name in fields if not callable(got := getattr(value, name))]
                    + list(value.co_lines()) + list(value.co_positions()))
    if isinstance(value, frozenset):
        return f"frozenset {sorted(map(text, value))}"
    if isinstance(value, tuple):
        return f"tuple {[text(item) for item in value]}"
    return f"{type(value).__name__} {value!r}"


for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.pyc")):
    raw = path.read_bytes()
    header = raw[:8] + (raw[8:16] if raw[4] else b"")
    print(path, header.hex(), hashlib.sha256(text(marshal.loads(raw[16:])).encode()).hexdigest()[:16])
