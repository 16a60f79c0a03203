run "$py" "$data/bank.py"
