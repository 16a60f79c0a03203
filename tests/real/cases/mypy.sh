# mypy is compiled to an extension by mypyc; ast and the rest of its ground are the interpreter's.
cp -r "$data/typed" typed; cd typed || exit
mypy() { run "$py" -m mypy --config-file= --show-traceback "$@"; }
mypy --no-incremental shop
mypy --strict --warn-unreachable --show-error-context --show-column-numbers --pretty --cache-dir=cache shop
printf '\n\ndef late() -> str: return 1\n' >>shop/stock.py
mypy --cache-dir=cache shop/till.py
(cd cache; find . -name "shop*" -o -name "till*" -o -name "stock*" | sort)
printf 'def f(:\n' >broken.py; mypy broken.py
mypy --no-such-option
