run "$py" "$data/use_networkx.py"
