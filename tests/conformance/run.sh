#!/bin/bash
# CPython's own test suite (libpython3.11-testsuite), the modules of core.txt, run by krait alone.
#   run.sh KRAIT            prints the cases passed per module
#   run.sh KRAIT --check    fails when a case of passing.txt does not pass any more
#   run.sh KRAIT --update   adds the cases that pass now to passing.txt
. "$(dirname "$0")/../clean_env.sh"
krait=$(realpath "$1")
mode=$2
cd "$(dirname "$0")" || exit 2
here=$PWD
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1

run_module() (  # runs in a folder of its own, which the tests fill
  mkdir -p "$scratch/$1.dir"
  cd "$scratch/$1.dir" || exit
  ulimit -v 8000000
  timeout 240 "$krait" "$here/case_log.py" "$1" "$scratch/$1.log" </dev/null >"$scratch/$1.out" 2>&1
  echo "exit $?" >>"$scratch/$1.out"
)
export -f run_module
export krait here scratch
cp core.txt "$scratch/modules"
xargs -P "$(nproc)" -I{} bash -c 'run_module {}' <"$scratch/modules"
cat "$scratch"/*.log 2>/dev/null | grep '^pass ' | cut -d' ' -f2- | LC_ALL=C sort -u >"$scratch/passed"
if [ "$mode" = --check ]; then
  LC_ALL=C comm -23 passing.txt "$scratch/passed" >"$scratch/lost"
  # A loaded machine may have cost a case its time-out: the modules concerned run once more, one at a time.
  [ -s "$scratch/lost" ] && while read -r module; do
    if [ "$(tail -1 "$scratch/$module.out")" != "exit 0" ] || grep -q '^fail ' "$scratch/$module.log"; then
      rm -rf "$scratch/$module.dir"
      run_module "$module"
    fi
  done <"$scratch/modules"
  cat "$scratch"/*.log | grep '^pass ' | cut -d' ' -f2- | LC_ALL=C sort -u >"$scratch/passed"
  LC_ALL=C comm -23 passing.txt "$scratch/passed" >"$scratch/lost"
  echo "conformance: $(wc -l <"$scratch/passed") cases of group core pass, $(wc -l <passing.txt) must, $(wc -l <"$scratch/lost") lost"
  head -40 "$scratch/lost"
  [ ! -s "$scratch/lost" ]
  exit
fi
while read -r module; do
  printf '%-32s %5d passed %4d failed  %s\n' "$module" "$(grep -c '^pass ' "$scratch/$module.log" 2>/dev/null)" \
    "$(grep -c '^fail ' "$scratch/$module.log" 2>/dev/null)" "$(tail -1 "$scratch/$module.out")"
done <"$scratch/modules"
echo "all: $(wc -l <"$scratch/passed") cases passed"
[ "$mode" = --update ] && LC_ALL=C sort -u passing.txt "$scratch/passed" -o passing.txt
exit 0
