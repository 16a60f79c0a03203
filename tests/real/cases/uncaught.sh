run "$py" "$data/uncaught.py"
