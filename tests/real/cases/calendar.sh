run "$py" -m calendar 2023
run "$py" -m calendar -m 6 -l 2 2024 2
run "$py" -m calendar -t html 1999
run "$py" -m calendar 2023 13
run "$py" -m calendar x
