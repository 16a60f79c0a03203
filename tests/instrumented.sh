# Sourced by the test scripts once $krait is known. An instrumented build (the asan preset) takes several times as long,
# needs larger C stack frames and more address space than there is memory: `patience` multiplies time limits there.
instrumented=
patience=1
if grep -q __asan_init "$krait"; then
  instrumented=yes
  patience=6
  ulimit -s 32768
fi
limit_memory() {  # KILOBYTES; an instrumented build bounds single allocations itself (src/main/sanitizer_options.cpp)
  [ -n "$instrumented" ] || ulimit -v "$1"
}
without_notes() {  # stdin to stdout, without ASan's note that an allocation was refused: the MemoryError is what counts
  sed -E '/^==[0-9]+==WARNING: AddressSanitizer failed to allocate 0x[0-9a-f]+ bytes$/d'
}
