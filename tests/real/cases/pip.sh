run "$py" -m pip --version
run "$py" -m pip list --format=freeze 2>/dev/null | grep -E '^(sympy|networkx|pip|black|Mako|Jinja2|html5lib)=='
run "$py" -m pip show networkx
run "$py" -m pip install --dry-run --no-index nosuchpackage
run "$py" -m pip frobnicate
