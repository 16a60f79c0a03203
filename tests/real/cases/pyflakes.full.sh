filter() { sort; }
cd /usr/lib/python3.11 || exit
run "$py" -m pyflakes .
