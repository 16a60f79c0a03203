# Sourced first by the test scripts: starts the script again with the few variables that it needs, since programs print
# differently in an environment of their own liking (pytest shows more of a failed assertion where CI is set). A job in
# the background of a script has SIGINT ignored, and so would the servers that tests interrupt.
if [ -z "$KRAIT_CLEAN_ENV" ]; then
  kept=(KRAIT_CLEAN_ENV=1)
  for name in PATH HOME USER LOGNAME TMPDIR ASAN_OPTIONS UBSAN_OPTIONS LSAN_OPTIONS; do
    [ -n "${!name}" ] && kept+=("$name=${!name}")
  done
  exec env -i --default-signal=INT,QUIT "${kept[@]}" bash "$0" "$@"
fi
unset KRAIT_CLEAN_ENV
