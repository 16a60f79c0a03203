e = ExceptionGroup("eg", [ValueError(1), ExceptionGroup("in", [TypeError("x"), KeyError("k")])])
e.add_note("note one")
e.add_note("note\ntwo")
raise e
