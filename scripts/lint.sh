#!/bin/bash
# Include directions, file sizes, formatting, and clang-tidy's checks of names and of likely mistakes (.clang-tidy).
#   lint.sh [--quick] [JOBS]   --quick: without clang-tidy, which reads the compile commands of the release build
cd "$(dirname "$0")/.." || exit 2
status=0
quick=
[ "$1" = --quick ] && { quick=1; shift; }
mapfile -t sources < <(git ls-files 'src/*.cpp' 'src/*.h' 'tools/*.cpp')
scripts/check_includes.sh || status=1
wc -l "${sources[@]}" | awk '$2 != "total" && $1 > 1000 { print "over 1000 lines: " $2; bad = 1 } END { exit bad }' || status=1
clang-format-19 --dry-run -Werror "${sources[@]}" || status=1
[ "$quick" ] || git ls-files 'src/*.cpp' | xargs -P "${1:-$(nproc)}" -n 8 clang-tidy-19 -p build/release --quiet 2>/dev/null || status=1
exit $status
