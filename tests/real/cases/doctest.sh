cp "$data"/doctested.py "$data"/tutorial.txt .
run "$py" -m doctest doctested.py
run "$py" -m doctest -v doctested.py
run "$py" -m doctest tutorial.txt
run "$py" -m doctest -o ELLIPSIS -o REPORT_NDIFF -f tutorial.txt
