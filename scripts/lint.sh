#!/bin/bash
# Include directions, file sizes and formatting of what changed.
cd "$(dirname "$0")/.."
status=0
scripts/check_includes.sh || status=1
git ls-files 'src/*.cpp' 'src/*.h' | xargs wc -l | awk '$2 != "total" && $1 > 1000 { print "over 1000 lines: " $2; bad = 1 } END { exit bad }' || status=1
exit $status
