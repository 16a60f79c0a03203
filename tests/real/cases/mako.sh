run "$py" "$data/use_mako.py"
