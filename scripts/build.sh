#!/bin/bash
# Configures once and builds one preset: scripts/build.sh release|debug|asan [JOBS]
set -e
cd "$(dirname "$0")/.."
preset=$1
[ -f "build/$preset/build.ninja" ] || cmake --preset "$preset" >/dev/null
ninja -C "build/$preset" -j "${2:-$(nproc)}" --quiet krait
