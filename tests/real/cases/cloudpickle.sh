run "$py" "$data/use_cloudpickle.py"
