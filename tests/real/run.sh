#!/bin/bash
# Real programs from Debian's packages have to behave under Krait as under CPython 3.11.
#   run.sh KRAIT [NAME...]          compares with the committed expectations; last line: "N passed, N failed"
#   run.sh KRAIT --full             also the cases that take minutes (cases/*.full.sh), beside /usr/bin/python3.11
#   run.sh KRAIT --live [NAME...]   compares with /usr/bin/python3.11 run beside it; shows both times
#   run.sh KRAIT --oracle [NAME...] writes the expectations anew from /usr/bin/python3.11
# A case is a shell script that is sourced in an empty folder, with $py the interpreter, $data the folder of inputs, `run`
# to run a command and report its status, and `hide` to make optional modules unimportable. Its stdout and stderr are kept
# apart; what varies from run to run is replaced by the case's own filter(). Outputs of more than 150 lines are kept as a
# checksum and a line count.
. "$(dirname "$0")/../clean_env.sh"
krait=$(realpath "$1")
. "$(dirname "$0")/../instrumented.sh"
shift
cd "$(dirname "$0")" || exit 2
here=$PWD
oracle=/usr/bin/python3.11
mode=check
case "$1" in --*) mode=${1#--}; shift ;; esac
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export LC_ALL=C.UTF-8 PYTHONHASHSEED=0 PYTHONDONTWRITEBYTECODE=1 COLUMNS=80 TZ=UTC HOME=$scratch/home
export XDG_CACHE_HOME=$scratch/cache
unset PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONUNBUFFERED
passed=0 failed=0

normalise() {  # the folders and the interpreter of this run
  sed -E -e "s#$scratch/[a-z]+\.dir#WORK#g" -e "s#$scratch#SCRATCH#g" -e "s#$here#REAL#g" -e "s#$krait|$oracle#PYTHON#g" \
      -e 's#0x[0-9a-f]{6,}#0xADDRESS#g' | filter
}

summary() {  # the text itself, or its checksum when it is long
  if [ "$(wc -l <"$1")" -le 150 ]; then cat "$1"; else echo "$(wc -l <"$1") lines, sha256 $(sha256sum <"$1" | cut -d' ' -f1)"; fi
}

play() {  # interpreter, case file, output stem
  local work=$scratch/work.dir
  rm -rf "$work"; mkdir -p "$work" "$HOME"
  (
    py=$1 data=$here/data
    filter() { cat; }
    run() { timeout $((300 * patience)) "$@"; echo "exit status $?"; }
    hide() {  # modules that programs use where they happen to be installed
      local module
      mkdir -p hidden
      for module; do echo "raise ModuleNotFoundError(\"No module named '$module'\", name='$module')" >"hidden/$module.py"; done
      export PYTHONPATH=$PWD/hidden
    }
    cd "$work" || exit 2
    # shellcheck disable=SC1090
    . "$here/$2" >"$3.raw.out" 2>"$3.raw.err" </dev/null
    normalise <"$3.raw.out" >"$3.out"
    normalise <"$3.raw.err" >"$3.err"
  )
  { echo "== stdout"; summary "$3.out"; echo "== stderr"; summary "$3.err"; } >"$3.sum"
}

verdict() {  # name, file expected, file actual
  if cmp -s "$2" "$3"; then passed=$((passed + 1)); return 0; fi
  failed=$((failed + 1))
  echo "FAILED: real/$1"
  return 1
}

seconds() { date +%s.%N; }

live() {  # name, case file
  local start between end
  start=$(seconds); play "$oracle" "$2" "$scratch/want"
  between=$(seconds); play "$krait" "$2" "$scratch/got"
  end=$(seconds)
  echo "$start $between $end $1" | awk '{printf "%-28s python3.11 %6.2f s   krait %6.2f s   x%.2f\n", $4, $2-$1, $3-$2, ($3-$2)/($2-$1)}'
  verdict "$1" "$scratch/want.sum" "$scratch/got.sum" && return
  diff "$scratch/want.out" "$scratch/got.out" | head -30
  diff "$scratch/want.err" "$scratch/got.err" | head -30
}

for file in cases/*.sh; do
  name=$(basename "$file" .sh)
  [ $# = 0 ] || [[ " $* " == *" $name "* ]] || continue
  case "$name" in *.full) [ "$mode" = full ] || [ $# != 0 ] || continue ;; esac
  case "$mode" in
    oracle) play "$oracle" "$file" "$scratch/want"; cp "$scratch/want.sum" "expected/$name.txt" ;;
    live | full) live "$name" "$file" ;;
    *) play "$krait" "$file" "$scratch/got"
       verdict "$name" "expected/$name.txt" "$scratch/got.sum" || diff "expected/$name.txt" "$scratch/got.sum" | head -12 ;;
  esac
done
[ "$mode" = oracle ] && { git diff --stat -- .; exit 0; }
echo "real programs: $passed passed, $failed failed"
[ "$failed" = 0 ]
