filter() { sed -E 's/frozenset\(\{.*None.*\}\)/FROZENSET/'; }
for name in contextlib asyncio/tasks email/_header_value_parser typing enum; do run "$py" -m dis /usr/lib/python3.11/$name.py; done
echo 'for x in y: print(x' | run "$py" -m dis
