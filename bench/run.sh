#!/bin/bash
# Times bench/programs under KRAIT and, beside it in the same run, CPython 3.11 where there is one.
#   bench/run.sh KRAIT [--write] [--rounds N] [PROGRAM...]     --write: docs/benchmarks.md gets the table
cd "$(dirname "$0")/.." || exit 2
krait=$(realpath "$1")
shift
cpython=/usr/bin/python3.11
[ -x "$cpython" ] && ! "$cpython" -VV | grep -qi krait || cpython=
runner=${cpython:-$krait}
exec "$runner" -S -E bench/measure.py "$krait" "$cpython" "$@"
