hide gmpy2 numpy scipy matplotlib
run "$py" "$data/use_sympy.py"
