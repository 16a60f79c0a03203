"""Prints the seconds of processor time that compile() takes for all .py files below the folders given."""
import os
import sys
import time
import warnings

warnings.simplefilter("ignore")
sources = []
for top in sys.argv[1:]:
    for folder, folders, files in os.walk(top):
        for name in files:
            if name.endswith(".py"):
                path = os.path.join(folder, name)
                with open(path, "rb") as file:
                    sources.append((path, file.read()))
start = time.process_time()
for path, source in sources:
    try:
        compile(source, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        pass
print(round(time.process_time() - start, 2))
