from __future__ import annotations

import pytest

from tests.renderers.samples import place
from tracelab.renderers.artifacts import absolute, inside, uri
from tracelab.schema import SourceRange


@pytest.mark.parametrize(
    ("filename", "root", "name"),
    [
        ("/a/b/c.py", "/a", "b/c.py"),
        ("/a/b/../c.py", "/a/", "c.py"),
        ("c.py", "/a", "c.py"),
        ("../c.py", "/a", None),
        ("/ab/c.py", "/a", None),
        ("/a/c.py", "", None),
        (r"C:\a\b\c.py", r"c:\a", "b/c.py"),
        (r"D:\a\c.py", r"C:\a", None),
    ],
)
def test_a_name_within_a_folder(filename: str, root: str, name: str | None) -> None:
    assert inside(filename, root) == name


@pytest.mark.parametrize(
    ("filename", "address"),
    [
        ("/a b/ü.py", "file:///a%20b/%C3%BC.py"),
        (r"C:\a\c.py", "file:///C:/a/c.py"),
        (r"\\server\share\c.py", "file://server/share/c.py"),
        ("c#1.py", "c%231.py"),
        ("/a/\udce9.py", "file:///a/%ED%B3%A9.py"),
    ],
)
def test_an_address(filename: str, address: str) -> None:
    assert absolute(filename) == address


def test_a_relative_name_that_looks_like_a_scheme_is_none() -> None:
    source = SourceRange(filename="/a/x:y.py", lineno=1, end_lineno=1)
    assert uri(source, "/a") == ("x%3Ay.py", True)


def test_without_a_folder_the_address_is_whole() -> None:
    assert uri(place(), "") == ("file:///models/net.py", False)
