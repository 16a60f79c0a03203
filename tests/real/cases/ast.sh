run "$py" -m ast -a /usr/lib/python3.11/dataclasses.py
run "$py" -m ast -i 1 /usr/lib/python3.11/typing.py
echo 'x: int = (yield)' | run "$py" -m ast -
echo 'f"{a!r:>{w}}" + b' | run "$py" -m ast -m eval
echo 'def f(:' | run "$py" -m ast
run "$py" -m ast --help
