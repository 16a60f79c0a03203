filter() { sort; }
unset PYTHONDONTWRITEBYTECODE
mkdir lib; cp -r /usr/lib/python3.11/{json,asyncio,email,html,urllib,xml} lib/
find lib -name '*.pyc' -delete
echo 'def broken(:' >lib/broken.py
run "$py" -m compileall lib
run "$py" -m compileall -q -f --invalidation-mode checked-hash -o 0 -o 2 lib
run "$py" "$data/pyc_digest.py" lib
