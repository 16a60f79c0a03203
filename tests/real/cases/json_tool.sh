run "$py" -m json.tool "$data/catalogue.json"
run "$py" -m json.tool --sort-keys --indent 2 "$data/catalogue.json"
run "$py" -m json.tool --json-lines --compact "$data/events.jsonl"
run "$py" -m json.tool --no-ensure-ascii --tab "$data/catalogue.json"
echo '{"a": [1, 2,]}' | run "$py" -m json.tool
echo '{"a": 1e999, "b": NaN, "c": "\ud83d\ude00"}' | run "$py" -m json.tool
run "$py" -m json.tool missing.json
run "$py" -m json.tool --help
