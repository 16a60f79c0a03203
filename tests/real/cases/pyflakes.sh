filter() { sort; }
cd /usr/lib/python3.11 || exit
run "$py" -m pyflakes asyncio email json/*.py unittest xml a*.py c*.py
echo 'def f(:' | run "$py" -m pyflakes
