run "$py" "$data/use_html5lib.py" "$data/page.html"
