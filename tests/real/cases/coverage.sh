# The same program measured by the C tracer and by the tracer in Python.
filter() { sed -E 's/created at [-0-9: +]+/created at TIME/; s/timestamp="[0-9]+"/timestamp/; s/"timestamp": "[^"]*"/"timestamp"/; s/coverage[. ]py,? v?[0-9.a-z]+/coverage.py N/g'; }
cp "$data"/measured.py .
unset COVERAGE_FILE
for tracer in c py; do
  export COVERAGE_TEST_TRACER=$tracer COVERAGE_FILE=data_$tracer
  run "$py" -m coverage run --branch --timid measured.py >first.txt
  run "$py" -m coverage run --branch --source=. measured.py
  run "$py" -m coverage report -m --precision=2
  run "$py" -m coverage json -q --pretty-print -o $tracer.json; cat $tracer.json
  run "$py" -m coverage lcov -q -o $tracer.lcov; cat $tracer.lcov
done
cmp c.lcov py.lcov && echo same
run "$py" -m coverage annotate -d notes; cat notes/*
run "$py" -m coverage run -p --concurrency=thread --context=twice measured.py
run "$py" -m coverage combine -q --keep data_py data_py.*
run "$py" -m coverage report --fail-under=99
run "$py" -m coverage debug data | grep -v -e '^ *path:' -e size
