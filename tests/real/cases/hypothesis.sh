export PYTEST_DISABLE_PLUGIN_AUTOLOAD=1
filter() { sed -E 's/in [0-9.]+s( \([0-9:]+\))?/in TIME/; s/^(platform|plugins|rootdir).*/\1/; s/([~<] ?)?[0-9.]+(-[0-9.]+)? ?ms|[0-9.]+ seconds/TIME/g; s/[0-9.]+%/PART/; s/^=+ (.* in TIME) =+$/= \1 =/; s/Typical runtimes:.*/Typical runtimes/'; }
cp "$data"/test_properties.py .
pytest() { run "$py" -m pytest -p no:cacheprovider -p _hypothesis_pytestplugin "$@" test_properties.py; }
pytest -rA --tb=short
pytest -q --hypothesis-show-statistics -k 'nesting or Account or targeted'
pytest -q --hypothesis-seed=3 --hypothesis-verbosity=verbose -k division
