run "$py" "$data/use_jinja2.py"
