filter() { sed -E "s/20[0-9]{2}-[0-9-]+ [0-9:.]+ /TIME /"; }
cp /usr/lib/python3.11/{textwrap,fractions,queue,sched}.py .
run "$py" -m black --check textwrap.py
run "$py" -m black --check fractions.py
run "$py" -m black --diff -q queue.py
run "$py" -m black -q sched.py; cat sched.py
run "$py" -m black --check -q textwrap.py fractions.py
printf 'x = (1,\n' >broken.py; run "$py" -m black broken.py
printf 'class A( object ):\n  def f( self,a ):\n    return {  "x":1,\n  }\n' | run "$py" -m black -l 40 -
run "$py" -m black --version
