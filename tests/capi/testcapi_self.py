# The checks that _testcapi and _testinternalcapi bring along: each is a C function that raises when the API misbehaves.
import _testcapi, _testinternalcapi, warnings

warnings.simplefilter("ignore")
LEGACY_STRINGS = {"test_widechar"}  # fills in a str without text, which is not supported
for module in (_testcapi, _testinternalcapi):
    for name in sorted(dir(module)):
        if not name.startswith("test_") or name in LEGACY_STRINGS:
            continue
        try:
            print(module.__name__, name, getattr(module, name)())
        except Exception as error:
            print(module.__name__, name, type(error).__name__, error)
