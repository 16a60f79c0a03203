filter() { sed -E 's/in [0-9.]+s/in TIME/'; }
cp "$data"/test_inventory.py .
run "$py" -m unittest -v test_inventory
run "$py" -m unittest -f -b test_inventory
run "$py" -m unittest test_inventory.TestInventory.test_total test_inventory.Missing
run "$py" -m unittest discover -k total
run "$py" -m unittest missing_module
run "$py" -m unittest --locals test_inventory.TestFailures
