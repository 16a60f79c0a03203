filter() { sort; }
unset PYTHONDONTWRITEBYTECODE
cp -r /usr/lib/python3.11 lib
find lib -name '*.pyc' -delete
run "$py" -m compileall -q lib
run "$py" "$data/pyc_digest.py" lib
