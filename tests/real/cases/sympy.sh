run "$py" "$data/use_sympy.py"
