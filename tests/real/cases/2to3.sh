cp "$data/old_code.py" .
run "$py" -m lib2to3 old_code.py
run "$py" -m lib2to3 -f all -f idioms -f set_literal -w -n old_code.py
cat old_code.py
run "$py" -m lib2to3 -l
printf 'print "x\n' >bad.py; run "$py" -m lib2to3 bad.py
