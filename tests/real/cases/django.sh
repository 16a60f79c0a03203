run "$py" "$data/use_django.py"
