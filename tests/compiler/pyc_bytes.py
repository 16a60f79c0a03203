"""What marshal makes of every .py file under the folders, a digest a line: pyc_bytes.py FOLDER...

Bytes show more than the code objects do: which of their parts are one object, and which are known elsewhere.
"""
import hashlib
import marshal
import os
import sys
import warnings

warnings.simplefilter('ignore')


def sources(folders):
    for folder in folders:
        for path, folders_inside, files in os.walk(folder):
            folders_inside.sort()
            yield from (os.path.join(path, name) for name in sorted(files) if name.endswith('.py'))


def digest(path):
    with open(path, 'rb') as file:
        source = file.read()
    try:
        code = compile(source, path, 'exec')
    except (SyntaxError, ValueError) as error:
        return type(error).__name__
    return hashlib.sha256(marshal.dumps(code)).hexdigest()


for path in sources(sys.argv[1:]):
    print(digest(path), path)
