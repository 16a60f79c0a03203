run "$py" -m pygments -f html -O full,linenos=1 /usr/lib/python3.11/argparse.py
run "$py" -m pygments -f html /usr/lib/python3/dist-packages/bs4/dammit.py
run "$py" -m pygments -f terminal256 "$data/catalogue.json"
run "$py" -m pygments -f latex "$data/primes.py"
run "$py" -m pygments -l html -f html "$data/page.html"
run "$py" -m pygments -N setup.py
run "$py" -m pygments -f html -l nosuch "$data/primes.py"
