#!/bin/bash
# The allowed arrows between folders (ARCHITECTURE.md): prints every #include that goes the wrong way.
cd "$(dirname "$0")/../src" || exit 2
declare -A allowed=(
  [base]="base" [abi]="base abi" [core]="base abi core" [bytecode]="base bytecode" [parser]="base parser"
  [types]="base abi core bytecode types" [compiler]="base abi core bytecode types parser compiler"
  [interp]="base abi core bytecode types interp"
  [modules]="base abi core bytecode types parser compiler interp modules"
  [capi]="base abi core bytecode types parser compiler interp capi modules"
  [main]="base abi core bytecode types parser compiler interp modules capi main")
bad=0
while IFS=: read -r file _ line; do
  from=${file%%/*}
  to=$(sed -E 's/.*"([^"]+)".*/\1/' <<<"$line")
  [[ $to == */* ]] || continue
  to=${to%%/*}
  case " ${allowed[$from]} " in *" $to "*) continue ;; esac
  # A .cpp of core may see types (raising an error needs str); a header may not.
  [[ $from == core && $to == types && $file == *.cpp ]] && continue
  [[ -d $to ]] || continue
  echo "not allowed: src/$file includes $to/"
  bad=1
done < <(grep -rnE '^#include "' --include='*.cpp' --include='*.h' . | sed 's|^\./||')
exit $bad
