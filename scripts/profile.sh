#!/bin/bash
# Takes the profile that release builds are compiled with: instruments (build/profile), runs the training programs and
# writes cmake/release.profdata. scripts/profile.sh [JOBS]
#
# Trained on: small loops of everyday code (bench/micro.py) and the benchmarks, start-up, compiling the standard library's
# files, real programs of it, and the tests.
set -e
cd "$(dirname "$0")/.."
scripts/build.sh profile "${1:-$(nproc)}"
krait=$PWD/build/profile/krait
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export LLVM_PROFILE_FILE="$scratch/%4m.profraw" PYTHONDONTWRITEBYTECODE=1

train() { timeout 120 "$krait" "$@" >/dev/null 2>&1 </dev/null || true; }
train -S -E bench/micro.py --once 1000
for program in bench/programs/*.py; do train -S -E "$program"; done
for _ in 1 2 3 4 5; do train -S -E -c pass; train -c pass; done
train examples/tour.py
train -c '
import glob, sys
for name in sorted(glob.glob("/usr/lib/python3.11/*.py"))[::3]:
    with open(name, encoding="utf-8") as file:
        compile(file.read(), name, "exec")'
for module in argparse asyncio logging unittest typing decimal ctypes http.client xml.etree.ElementTree email.mime.text; do
  train -c "import $module"
done
train -m dis /usr/lib/python3.11/textwrap.py
train -m tokenize /usr/lib/python3.11/textwrap.py
train -m ast /usr/lib/python3.11/textwrap.py
for test in tests/types/*/*.py tests/lang/*.py tests/modules/*.py tests/modules/*/*.py tests/programs/*.py; do
  [ -f "$test" ] && (cd "$(dirname "$test")" && train "$(basename "$test")")
done
find tests -name 'default_*.profraw' -delete  # of children that were started without our environment
llvm-profdata-19 merge -o cmake/release.profdata "$scratch"/*.profraw
ls -l cmake/release.profdata
