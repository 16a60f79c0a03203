#!/bin/bash
# Compares with CPython 3.11 anew: writes the expected outputs (NAME.out) of all tests that have one, or of the files
# named, from /usr/bin/python3.11, this folder's path taken out. `git diff` then shows what was committed wrongly.
# What tests/beyond_oracle.txt names crashes CPython; its expectations are kept by hand.
. "$(dirname "$0")/clean_env.sh"
cd "$(dirname "$0")/.." || exit 2
oracle=/usr/bin/python3.11
shift
unset PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONUNBUFFERED
export LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
tests=("$@")
[ ${#tests[@]} = 0 ] && mapfile -t tests < <(find tests -name '*.out' | sed 's/\.out$/.py/' | grep -vxFf tests/beyond_oracle.txt | sort)
for test in "${tests[@]}"; do
  expected=${test%.py}.out
  (cd "$(dirname "$test")" && timeout 120 $oracle "$(basename "$test")" >"$OLDPWD/$expected" 2>&1
   echo "exit status $?" >>"$OLDPWD/$expected")
  sed -i "s#$PWD/##g" "$expected"
done
git diff --stat -- tests
