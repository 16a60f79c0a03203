#!/bin/bash
# Takes the profile that release builds are compiled with: instruments (build/profile), runs the training programs and
# writes cmake/release.profdata. scripts/profile.sh [JOBS]
set -e
cd "$(dirname "$0")/.."
scripts/build.sh profile "${1:-$(nproc)}"
krait=$PWD/build/profile/krait
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export LLVM_PROFILE_FILE="$scratch/%p-%m.profraw" PYTHONDONTWRITEBYTECODE=1

for program in bench/programs/*.py; do "$krait" -S -E "$program"; done
for _ in 1 2 3; do "$krait" -c pass; done
"$krait" examples/tour.py >/dev/null
for test in tests/types/*/*.py tests/lang/*.py; do
  [ -f "$test" ] && (cd "$(dirname "$test")" && timeout 60 "$krait" "$(basename "$test")" >/dev/null 2>&1) || true
done
llvm-profdata-19 merge --sparse -o cmake/release.profdata "$scratch"/*.profraw
ls -l cmake/release.profdata
