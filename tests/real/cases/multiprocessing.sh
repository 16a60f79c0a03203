run "$py" "$data/pool.py" fork
run "$py" "$data/pool.py" spawn
run "$py" "$data/pool.py" forkserver
