cp "$data"/primes.py .
run "$py" -m trace --trace primes.py
run "$py" -m trace --count -C cover --missing --summary --ignore-dir=/usr primes.py
cat cover/primes.cover
run "$py" -m trace --listfuncs --ignore-dir=/usr primes.py
run "$py" -m trace --trackcalls --ignore-dir=/usr primes.py
