for name in argparse decimal pydoc; do run "$py" -m tokenize /usr/lib/python3.11/$name.py; done
run "$py" -m tokenize -e /usr/lib/python3.11/this.py
printf 'x = """abc\n' | run "$py" -m tokenize
printf 'if x:\n    y\n  z\n' | run "$py" -m tokenize
printf 'x = (1,\n' >open.py; run "$py" -m tokenize open.py
run "$py" -m tokenize missing.py
