mkdir tree; cp "$data"/{catalogue.json,primes.py,bank.py,echo.py} tree/; touch -d 2020-02-02T02:02:02Z tree/* tree
for suffix in tar tar.gz tar.bz2 tar.xz; do
  run "$py" -m tarfile -v -c out.$suffix tree
  run "$py" -m tarfile -l out.$suffix
  run "$py" -m tarfile -t out.$suffix
  run "$py" -m tarfile -e out.$suffix back
  run diff -r tree back/tree
  rm -rf back
  tar tf out.$suffix
done
head -c 700 out.tar >cut.tar
run "$py" -m tarfile -l cut.tar
run "$py" -m tarfile -l missing.tar
