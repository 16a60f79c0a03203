#!/bin/bash
# Installs what building, running and testing need, from Debian's packages; says nothing when all is there.
# --dev: also what developers use (debugger, profiler, sanitizer run times, formatters, the oracle).
set -e
packages="clang-19 lld-19 llvm-19 cmake ninja-build ccache make libgmp-dev libfast-float-dev zlib1g-dev libexpat1-dev
  unicode-data libpython3.11-stdlib libpython3.11-testsuite"
# The programs that tests/real runs.
packages="$packages pyflakes3 python3-pygments python3-docutils black python3-lib2to3 python3-jinja2 python3-mako
  python3-django python3-html5lib python3-bs4 python3-sympy python3-networkx python3-pip python3-pytest python3-sphinx mypy
  python3-hypothesis python3-coverage python3-cloudpickle python3-attr curl unzip"
[ "$1" = --dev ] && packages="$packages clang-format-19 clang-tidy-19 libclang-rt-19-dev gdb valgrind linux-perf python3.11"
missing=""
for package in $packages; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -z "$missing" ] && exit 0
as_root=""
[ "$(id -u)" = 0 ] || as_root=sudo
export DEBIAN_FRONTEND=noninteractive
echo "Installing:$missing"
$as_root apt-get update -qq
# shellcheck disable=SC2086
$as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
