#!/bin/bash
# Writes cmake/startup.order, by which release builds place the functions that every start runs side by side: the kernel
# maps a file's code in pieces of 64 KiB, so what is scattered costs memory and page faults in each process.
# scripts/startup_order.sh [KRAIT]. In order: what `-S -E -c pass` runs, what `-c pass` adds, what common imports add.
set -e
cd "$(dirname "$0")/.."
krait=${1:-build/release/krait}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1

from_root=$(pwd | tr -c 'A-Za-z0-9\n' _)_  # as in the names of local functions: see cmake/code_layout.cmake

functions_run() {
  valgrind --tool=callgrind --demangle=no --callgrind-out-file="$scratch/run" "$krait" "$@" >/dev/null 2>&1
  sed -nE "s/^c?fn=\([0-9]+\) ([A-Za-z_][A-Za-z0-9_.$]*)('[0-9]+)?$/\1/p" "$scratch/run" | LC_ALL=C sort -u
}

{
  functions_run -S -E -c pass
  functions_run -c pass
  functions_run -c 'import argparse, asyncio, collections, dataclasses, functools, itertools, json, logging, os, random, re, typing'
  functions_run examples/tour.py
} | awk '!seen[$0]++' >"$scratch/order"
nm "$krait" | awk '{ print $3 }' | awk 'NR == FNR { ours[$0]; next } $0 in ours' - "$scratch/order" |
  sed -E "s/\.llvm\.(${from_root}|______)src/.llvm.@FROM@src/" >cmake/startup.order
wc -l cmake/startup.order
