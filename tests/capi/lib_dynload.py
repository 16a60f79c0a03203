# Every compiled module of the standard library loads, and answers for itself.
import importlib, os, sys, sysconfig, warnings

warnings.simplefilter("ignore", DeprecationWarning)
suffix = sysconfig.get_config_var("EXT_SUFFIX")
APART = {"_tkinter", "_gdbm"}  # of packages that may be installed or not
folder = os.path.join(sysconfig.get_path("platstdlib"), "lib-dynload")
for file in sorted(os.listdir(folder)):
    if not file.endswith(suffix):
        continue
    module = importlib.import_module(file[: -len(suffix)])
    if module.__name__ in APART:
        continue
    names = [n for n in dir(module) if not n.startswith("__")]
    print(module.__name__, module.__file__ == os.path.join(folder, file), len(names))
