#!/bin/bash
# run.sh KRAIT [--quick]. Runs the committed tests: every tests/<area>/**/NAME.py that has a NAME.out beside it has to print exactly that
# (stdout and stderr together) and exit with the status on NAME.out's last line. Then the list of CPython's own test
# cases that must not be lost, and (but for a debug build, which takes ten minutes) the real programs of
# tests/real. --quick leaves these two out. Last line: "N passed, N failed".
. "$(dirname "$0")/clean_env.sh"
cd "$(dirname "$0")/.." || exit 2
krait=$(realpath "$1")
. tests/instrumented.sh
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
passed=0 failed=0 known=0
export LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
unset PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONUNBUFFERED

check() {  # name, expected file, actual file
  if cmp -s "$2" "$3"; then
    passed=$((passed + 1))
  elif grep -qxF "$1" tests/known_failures.txt; then
    known=$((known + 1))
    echo "still failing, as listed in tests/known_failures.txt: $1 ($(diff "$2" "$3" | grep -c '^[<>]') lines differ)"
  else
    failed=$((failed + 1))
    echo "FAILED: $1"
    diff "$2" "$3" | head -12
  fi
}

while read -r expected; do
  test=${expected%.out}.py
  if [ -n "$instrumented" ] && grep -qE 'RLIMIT_AS|short_of_memory' "$test"; then
    echo "not run, as the address space of an instrumented build cannot be limited: $test"
    continue
  fi
  (cd "$(dirname "$test")" && timeout $((120 * patience)) "$krait" "$(basename "$test")" >"$scratch/raw" 2>&1; echo "exit status $?" >>"$scratch/raw")
  sed "s#$PWD/##g" "$scratch/raw" | without_notes >"$scratch/out"
  check "$test" "$expected" "$scratch/out"
done < <(find tests -name '*.out' | sort)

whole_programs() {
  if tests/conformance/run.sh "$krait" --check >"$scratch/conformance" 2>&1; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
  fi
  cat "$scratch/conformance"

  case "$krait" in
    */debug/*) ;;
    *) tests/real/run.sh "$krait" | tee "$scratch/real"
       passed=$((passed + $(sed -nE 's/^real programs: ([0-9]+) passed.*/\1/p' "$scratch/real")))
       failed=$((failed + $(sed -nE 's/^real programs: .* ([0-9]+) failed/\1/p' "$scratch/real"))) ;;
  esac
}
[ "$2" = --quick ] || whole_programs

if scripts/check_includes.sh; then passed=$((passed + 1)); else failed=$((failed + 1)); fi

echo "known failures: $known"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
