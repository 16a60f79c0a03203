#!/bin/bash
# CPython's own test suite (libpython3.11-testsuite), run by krait alone. Three lists of modules: core is the language and
# the pure library around it; quick the rest of what is fast and deterministic; slow what uses the network, many
# processes, the machine's settings or much time. LIST_passing.txt names the cases that must pass.
#   run.sh KRAIT [LIST...]            prints the cases passed per module (all lists)
#   run.sh KRAIT --check [LIST...]    fails when a case of LIST_passing.txt does not pass any more (core and quick)
#   run.sh KRAIT --update [LIST...]   adds the cases that pass now to LIST_passing.txt (all lists)
# instrumented.txt names the cases that an instrumented build cannot pass, each with its reason.
# Further options, before the lists: --patience N multiplies the time limits (6 for an instrumented build), --jobs N
# bounds the modules that run at once, --keep FOLDER keeps the output and log of each module there.
. "$(dirname "$0")/../clean_env.sh"
krait=$(realpath "$1")
shift
mode=show
jobs=$(nproc)
keep=
. "$(dirname "$0")/../instrumented.sh"
while [[ "$1" == --* ]]; do
  case "$1" in
    --check | --update) mode=${1#--} ;;
    --patience) patience=$2; shift ;;
    --jobs) jobs=$2; shift ;;
    --keep) mkdir -p "$2"; keep=$(realpath "$2"); shift ;;
    *) echo "unknown option: $1" >&2; exit 2 ;;
  esac
  shift
done
lists=("$@")
if [ ${#lists[@]} = 0 ]; then
  lists=(core quick)
  [ "$mode" = check ] || lists+=(slow)
fi
cd "$(dirname "$0")" || exit 2
here=$PWD
scratch=$(mktemp -d)
leave() {
  [ -z "$keep" ] || cp "$scratch"/*.out "$scratch"/*.log "$keep"
  rm -rf "$scratch"
}
trap leave EXIT
export LC_ALL=C.UTF-8

run_module() (  # LIMIT MODULE; runs in a folder of its own, which the tests fill
  mkdir -p "$scratch/$2.dir"
  cd "$scratch/$2.dir" || exit
  limit_memory 8000000
  timeout $(($1 * patience)) "$krait" "$here/case_log.py" "$2" "$scratch/$2.log" </dev/null >"$scratch/$2.out" 2>&1
  echo "exit $?" >>"$scratch/$2.out"
)
export -f run_module limit_memory
export krait here scratch patience instrumented

passed_cases() {  # LIST: the cases that passed in its modules
  sed "s#.*#$scratch/&.log#" "$1.txt" | xargs cat 2>/dev/null | grep '^pass ' | cut -d' ' -f2- | LC_ALL=C sort -u
}
impossible() {  # the cases that an instrumented build cannot pass
  [ -z "$instrumented" ] || sed -E '/^#/d; s/ +#.*//' instrumented.txt
}
find_lost() {  # LIST
  passed_cases "$1" >"$scratch/passed"
  LC_ALL=C comm -23 "$1_passing.txt" "$scratch/passed" | grep -vxFf <(impossible) >"$scratch/lost"
}

check_list() {  # LIST LIMIT
  find_lost "$1"
  # A loaded machine may have cost a case its time-out: the modules concerned run once more, one at a time.
  [ -s "$scratch/lost" ] && while read -r module; do
    if [ "$(tail -1 "$scratch/$module.out")" != "exit 0" ] || grep -q '^fail ' "$scratch/$module.log"; then
      rm -rf "$scratch/$module.dir"
      run_module "$2" "$module"
    fi
  done <"$1.txt"
  find_lost "$1"
  echo "conformance, $1: $(wc -l <"$scratch/passed") cases pass, $(wc -l <"$1_passing.txt") must, $(wc -l <"$scratch/lost") lost"
  head -40 "$scratch/lost"
  [ ! -s "$scratch/lost" ]
}

show_list() {  # LIST
  while read -r module; do
    printf '%-36s %5d passed %4d failed  %s\n' "$module" "$(grep -c '^pass ' "$scratch/$module.log" 2>/dev/null)" \
      "$(grep -c '^fail ' "$scratch/$module.log" 2>/dev/null)" "$(tail -1 "$scratch/$module.out")"
  done <"$1.txt"
  passed_cases "$1" >"$scratch/passed"
  echo "$1: $(wc -l <"$scratch/passed") cases passed"
}

status=0
for list in "${lists[@]}"; do
  limit=240
  [ "$list" = slow ] && limit=1200
  xargs -P "$jobs" -I{} bash -c "run_module $limit {}" <"$list.txt"
  case $mode in
    check) check_list "$list" "$limit" || status=1 ;;
    show) show_list "$list" ;;
    update) show_list "$list"; LC_ALL=C sort -u "${list}_passing.txt" "$scratch/passed" -o "${list}_passing.txt" ;;
  esac
done
exit $status
