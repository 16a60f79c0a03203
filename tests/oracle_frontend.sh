#!/bin/bash
# The front end beside CPython 3.11 over every .py file of the standard library, its tests and dist-packages: trees,
# code objects at every optimisation level, what marshal makes of them, and the time that compile() takes for the standard library.
cd "$(dirname "$0")/.." || exit 2
krait=$(realpath "$1")
oracle=/usr/bin/python3.11
folders=(/usr/lib/python3.11 /usr/lib/python3/dist-packages)
export PYTHONDONTWRITEBYTECODE=1
failed=0
echo "syntax trees:"
$oracle tests/compiler/oracle_code.py --tree "$krait" "${folders[@]}" || failed=1
for level in 0 1 2; do
  echo "code objects, optimise level $level:"
  $oracle tests/compiler/oracle_code.py -O $level "$krait" "${folders[@]}" || failed=1
done
echo "marshalled code:"
pyc_bytes() { PYTHONHASHSEED=0 "$1" tests/compiler/pyc_bytes.py "${folders[@]}"; }
different=$(diff <(pyc_bytes "$krait") <(pyc_bytes $oracle) | grep '^[<>]')
echo "$different" | grep '^<'
echo "files: $(pyc_bytes $oracle | wc -l), different: $(echo "$different" | grep -c '^<')"
[ -z "$different" ] || failed=1
for python in "$krait" $oracle; do
  echo "seconds to compile the standard library with $(basename "$python"):" \
       "$("$python" tests/compiler/compile_time.py /usr/lib/python3.11)"
done
exit $failed
