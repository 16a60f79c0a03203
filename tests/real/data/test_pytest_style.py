import dataclasses
import sys

import pytest


@dataclasses.dataclass
class Point:
    x: int
    y: int


@pytest.fixture
def base():
    yield 10
    print("teardown")


@pytest.fixture(params=["a", "b"])
def letter(request):
    return request.param


@pytest.mark.parametrize("a,b,total", [(1, 2, 3), (2, 2, 5), pytest.param(1, 1, 2, id="ones")])
def test_add(a, b, total):
    assert a + b == total


def test_base(base, letter):
    assert base == 10 and letter != "b"


def test_compare_lists():
    left = [1, 2, 3, 4]
    right = [1, 2, 30, 4, 5]
    assert left == right


def test_compare_dicts():
    assert {"a": 1, "b": 2, "c": {"d": 1}} == {"a": 1, "b": 3, "c": {"d": 2}}


def test_compare_text():
    assert "one\ntwo\nthree" == "one\ntwo\nfour", "the texts differ"


def test_dataclass():
    assert Point(1, 2) == Point(1, 3)


def test_sets():
    assert {1, 2, 3} == {2, 3, 4}


def test_call():
    def half(n):
        return n // 2
    assert half(len("abcd")) > half(10) if True else None


def test_raises():
    with pytest.raises(ZeroDivisionError, match="division"):
        1 / 0
    with pytest.raises(ValueError):
        pass


def test_chain():
    try:
        {}["missing"]
    except KeyError:
        raise RuntimeError("second")


def test_output(capsys):
    print("hello")
    print("oops", file=sys.stderr)
    out, err = capsys.readouterr()
    assert (out, err) == ("hello\n", "oops\n")


def test_monkeypatch(monkeypatch, tmp_path):
    monkeypatch.setenv("HARBOUR", "north")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "f.txt").write_text("x")
    import os
    assert os.listdir() == ["f.txt"]
    assert os.environ["HARBOUR"] == "south"


def test_warn(recwarn):
    import warnings
    warnings.warn("careful", UserWarning)
    assert len(recwarn) == 1


@pytest.mark.skip(reason="later")
def test_skipped():
    pass


@pytest.mark.xfail(strict=True)
def test_xfail_strict():
    pass


@pytest.mark.xfail(raises=ZeroDivisionError)
def test_xfail():
    1 / 0


def test_approx():
    assert 0.1 + 0.2 == pytest.approx(0.3)
    assert [1.0, 2.0] == pytest.approx([1.0, 2.5])


def test_missing_fixture(nothing):
    pass
