hide numpy scipy pandas matplotlib lxml pydot pygraphviz yaml sympy xdist hypothesis
export PYTEST_DISABLE_PLUGIN_AUTOLOAD=1
filter() { sed -E 's/in [0-9.]+s( \([0-9:]+\))?/in TIME/; s/^=+ (.* in TIME) =+$/== \1 ==/; s/^(platform|plugins|rootdir).*/\1/'; }
pytest() { run "$py" -m pytest -p no:cacheprovider --basetemp="$PWD/temporary" "$@"; }
networkx=/usr/lib/python3/dist-packages/networkx
pytest -q $networkx/classes/tests/test_{graph,digraph,multigraph,graphviews,function}.py $networkx/algorithms/shortest_paths
cp "$data"/test_inventory.py "$data"/test_pytest_style.py .
pytest -v test_pytest_style.py
pytest test_inventory.py --tb=long -rA
pytest -x -q test_pytest_style.py --tb=short
pytest -q --collect-only test_pytest_style.py
run "$py" -m unittest -q pyflakes.test.test_imports pyflakes.test.test_undefined_names
