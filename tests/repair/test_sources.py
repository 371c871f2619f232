"""Texts with changes: where a line went, what the diff says, what can be put together."""

from __future__ import annotations

import linecache
import subprocess
from pathlib import Path

from tracelab.repair.sources import Shelf, Source, merged, path_of

OLD = "a\nb\nc\nd\n"


def test_a_line_is_found_again() -> None:
    source = Source("f.py", OLD, "new\na\nB\nB2\nc\nd\n")
    assert [source.now(line) for line in (1, 2, 3, 4)] == [2, 3, 5, 6]
    assert [source.before(line) for line in (1, 2, 5)] == [None, 1, 3]


def test_patch_takes_the_diff(tmp_path: Path) -> None:
    file = tmp_path / "f.py"
    file.write_text(OLD)
    diff = Source("f.py", OLD, "a\nB\nc\nd\ne\n").diff()
    subprocess.run(["git", "apply", "--unsafe-paths", "-"], input=diff, text=True, check=True, cwd=tmp_path)
    assert file.read_text() == "a\nB\nc\nd\ne\n"


def test_patch_takes_the_diff_of_a_file_without_a_last_newline(tmp_path: Path) -> None:
    (tmp_path / "f.py").write_text("a\nb")
    diff = Source("f.py", "a\nb", "a\nc").diff()
    subprocess.run(["git", "apply", "--unsafe-paths", "-"], input=diff, text=True, check=True, cwd=tmp_path)
    assert (tmp_path / "f.py").read_text() == "a\nc"


def test_a_change_without_the_one_before_it() -> None:
    assert merged(OLD, "A\nb\nc\nd\n", "A\nb\nc\nD\n") == "a\nb\nc\nD\n"
    assert merged(OLD, "x\na\nb\nc\nd\n", "x\na\nb\nC\nd\n") == "a\nb\nC\nd\n"


def test_changes_of_one_place_are_not_told_apart() -> None:
    assert merged(OLD, "A\nb\nc\nd\n", "AA\nb\nc\nd\n") is None


def test_namesakes_are_told_apart() -> None:
    text = "class A:\n    def f(self): ...\n\nclass B:\n    @x\n    def f(self): ...\n"
    assert path_of(text, 2, "f") == (("A", 0), ("f", 0))
    assert path_of(text, 5, "f") == (("B", 0), ("f", 0))
    assert path_of(text, 3, "f") is None


def test_a_shelf_is_left_empty() -> None:
    before, shelf = dict(linecache.cache), Shelf()
    name = shelf.put(Source("f.py", OLD, "x\n"))
    assert linecache.getline(name, 1) == "x\n"
    linecache.checkcache()
    assert linecache.getline(name, 1) == "x\n", "and it is no file that has vanished"
    shelf.clear()
    assert linecache.cache == before
