hide lxml chardet cchardet charset_normalizer
run "$py" "$data/use_bs4.py" "$data/page.html"
