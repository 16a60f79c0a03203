run "$py" "$data/use_bs4.py" "$data/page.html"
