#!/bin/bash
# The front end beside CPython 3.11 over every .py file of the standard library, its tests and dist-packages.
cd "$(dirname "$0")/.." || exit 2
/usr/bin/python3.11 tests/compiler/oracle_code.py "$1" /usr/lib/python3.11 /usr/lib/python3/dist-packages
