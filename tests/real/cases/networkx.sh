hide numpy scipy pandas matplotlib lxml
run "$py" "$data/use_networkx.py"
