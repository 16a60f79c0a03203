filter() { sed -E '/UserWarning: The test results are likely unreliable/d; s/[0-9.e+-]+ (nsec|usec|msec|sec)/TIME/g; s/^[0-9]+ loops?/N loops/; s/^raw times.*/raw times/'; }
run "$py" -m timeit -n 1000 -r 3 -s 'x = list(range(10))' 'sorted(x)'
run "$py" -m timeit -n 10 -u usec 'for i in range(10):' '  pass'
run "$py" -m timeit -n 1 '1/0'
run "$py" -m timeit -n 1 'x ='
run "$py" -m timeit --bad
