ulimit -n 4096 2>/dev/null
run "$py" "$data/echo.py" 1000
