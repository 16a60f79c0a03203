filter() { grep -vE '^ *\|  {4,}([^ |]|$)'; }  # the docstrings of built-in types are Krait's own
run "$py" -m pydoc json
run "$py" -m pydoc collections.Counter
run "$py" -m pydoc nonexistent_thing
run "$py" -m pydoc -w fnmatch
cat fnmatch.html
echo '"""A module."""
class A:
    """Class A."""
    x: int = 3
    def f(self, a, *, b=2) -> str:
        """Do f."""
    @property
    def p(self): "A property."
    @classmethod
    def c(cls): ...
def g(*args, **kw): pass
' >own.py
run "$py" -m pydoc ./own.py
run "$py" -m pydoc own.A.f
