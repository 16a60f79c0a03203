filter() { sed -E 's/20[0-9]{2}-[0-9-]+ [0-9:]+/DATE/'; }
mkdir tree; cp "$data"/{catalogue.json,primes.py,bank.py,echo.py} tree/; touch -d 2020-02-02T02:02:02Z tree/* tree
run "$py" -m zipfile -c out.zip tree
run "$py" -m zipfile -l out.zip
run "$py" -m zipfile -t out.zip
run "$py" -m zipfile -e out.zip back
run diff -r tree back/tree
run unzip -l out.zip
head -c 300 out.zip >cut.zip
run "$py" -m zipfile -l cut.zip
run "$py" -m zipfile
