"""Writes cmake/startup.order, by which release builds place what every start runs side by side (cmake/code_layout.cmake).

    build/release/krait scripts/startup_order.py build/release/krait

Needs valgrind, whose callgrind notes each instruction that ran. In order: what `-S -E -c pass` runs, what `-c pass` adds,
what common imports and a real program add. A function and the cold part split off it (name.cold) count separately.
"""
import bisect
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
RUNS = (
    ["-S", "-E", "-c", "pass"],
    ["-c", "pass"],
    ["-c", "import argparse, asyncio, collections, dataclasses, functools, itertools, json, logging, os, random, re, typing"],
    [os.path.join(ROOT, "examples/tour.py")],
)


def addresses_run(krait, arguments):
    """The addresses of all instructions of the executable that one run reached."""
    with tempfile.TemporaryDirectory() as folder:
        record = os.path.join(folder, "run")
        options = ["--tool=callgrind", "--dump-instr=yes", "--dump-line=no", "--compress-pos=no"]
        environment = {**os.environ, "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
        subprocess.run(["valgrind", *options, f"--callgrind-out-file={record}", krait, *arguments], env=environment,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        with open(record) as file:
            return {int(found[1], 16) for found in map(re.compile("(0x[0-9a-f]+) ").match, file) if found}


def symbols(krait):
    """Start addresses of the code's symbols in ascending order, and their names: one per address."""
    listing = subprocess.run(["nm", "-n", krait], stdout=subprocess.PIPE, text=True, check=True).stdout
    by_address = {}
    for line in listing.splitlines():
        address, _, rest = line.partition(" ")
        kind, _, name = rest.partition(" ")
        if kind in "tTwW" and address:
            by_address.setdefault(int(address, 16), name)
    return list(by_address), list(by_address.values())


def main():
    krait = os.path.abspath(sys.argv[1])
    starts, names = symbols(krait)
    order = {}
    for arguments in RUNS:
        run = {bisect.bisect_right(starts, address) - 1 for address in addresses_run(krait, arguments)}
        order.update((names[at], None) for at in sorted(run) if at >= 0)
    # Local functions that were given their source's path for a suffix: see cmake/code_layout.cmake.
    from_root = re.sub("[^A-Za-z0-9]", "_", ROOT + "/")
    path = re.compile(rf"\.llvm\.(?:{from_root}|______)src")
    with open(os.path.join(ROOT, "cmake/startup.order"), "w") as file:
        file.writelines(path.sub(".llvm.@FROM@src", name) + "\n" for name in order)
    print(len(order), "functions")


main()
