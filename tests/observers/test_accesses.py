"""What the source of a function says, without running it."""

from __future__ import annotations

import ast
import itertools
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from tracelab.observers.accesses import Reading, path_of, read_function

Read = Callable[[str], Reading]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads the body of `def f(self, x, mask=None, *rest, **more)`."""

    numbers = itertools.count()

    def read_body(body: str) -> Reading:
        path = tmp_path / f"model{next(numbers)}.py"
        path.write_text(
            "def f(self, x, mask=None, *rest, **more):\n" + textwrap.indent(body, "    ") + "\n", encoding="utf-8"
        )
        return read_function(str(path), 1, "f")

    return read_body


def accessed(reading: Reading) -> set[tuple[str, bool]]:
    return {(".".join(access.path), access.write) for access in reading.accesses}


@pytest.mark.parametrize(
    ("body", "accesses"),
    [
        ("return x * self.scale", {("self.scale", False)}),
        ("return x * self.gate.scale", {("self.gate.scale", False)}),
        ("return x * GAIN", {("GAIN", False)}),
        ("return x * TABLE['gain'][0]", {("TABLE", False)}),
        ("return x * type(self).gain", {("self.__class__.gain", False), ("type", False)}),
        ("y = x\nreturn y", set()),
        ("y = x + 1\nreturn y.real", set()),
        ("self.calls = 1", {("self.calls", True)}),
        ("self.calls += 1", {("self.calls", True)}),
        ("self.dial[0] = 1", {("self.dial", True)}),
        ("del self.calls", {("self.calls", True)}),
        ("self.names.append(x)", {("self.names", True), ("self.names", False)}),
        ("LOG.append(x)", {("LOG", True), ("LOG", False)}),
        ("return next(self.stream)", {("self.stream", True), ("self.stream", False), ("next", False)}),
        ("setattr(self.gate, 'scale', 1)", {("self.gate", True), ("self.gate", False), ("setattr", False)}),
        ("global GAIN\nGAIN = 1", {("GAIN", True)}),
        ("nonlocal_ = self.a\nself.b = nonlocal_", {("self.a", False), ("self.b", True)}),
    ],
)
def test_what_is_read_and_written(read: Read, body: str, accesses: set[tuple[str, bool]]) -> None:
    assert accessed(read(body)) == accesses


def test_functions_inside_are_read_by_themselves(read: Read) -> None:
    assert accessed(read("def inner():\n    return self.deep\nreturn x")) == set()


def test_lambdas_and_comprehensions_are_read_along(read: Read) -> None:
    assert ("self.scale", False) in accessed(read("return [part * self.scale for part in x]"))


def test_the_statement_of_an_access(read: Read) -> None:
    reading = read("y = (\n    x\n    * self.scale\n)")
    assert [(access.node.lineno, access.statement) for access in reading.accesses] == [(4, 2)]


@pytest.mark.parametrize(
    ("body", "questions"),
    [
        ("y = 1 if mask is None else 2", {("mask", "none")}),
        ("y = mask is not None", {("mask", "none")}),
        ("y = isinstance(x, list)", {("x", "type")}),
        ("y = hasattr(x, 'real')", {("x", "type")}),
        ("y = type(x) is list", {("x", "type")}),
        ("y = type(x)", set()),
        ("y = len(x)", {("x", "length")}),
        ("for part in x:\n    pass", {("x", "length")}),
        ("y = [part for part in x]", {("x", "length")}),
        ("y = x.items()", {("x", "length")}),
        ("y = 'a' in x", {("x", "length")}),
        ("first, *others = x", {("x", "length")}),
        ("first, second = x", set()),
        ("y = sum(rest)", {("rest", "length")}),
        ("if mask:\n    pass", {("mask", "truth")}),
        ("y = not mask", {("mask", "truth")}),
        ("y = mask or x", {("mask", "truth"), ("x", "truth")}),
        ("y = x + 1", set()),
        ("y = x is None\nz = y is None", {("x", "none")}),
    ],
)
def test_questions_about_how_it_was_called(read: Read, body: str, questions: set[tuple[str, str]]) -> None:
    asked = {(question.parameter, question.kind) for question in read(body).questions}
    assert {(name, kind) for name, kind in asked if kind != "default"} == questions


def test_every_use_of_a_parameter_may_be_one_of_its_default(read: Read) -> None:
    asked = [(question.parameter, question.kind) for question in read("return x * mask").questions]
    assert sorted(asked) == [("mask", "default"), ("x", "default")]


TRY = "try:\n    y = x.view(7)\nexcept {}:\n    y = x\n"


@pytest.mark.parametrize(
    "kind", ["RuntimeError", "Exception", "(KeyError, ValueError)", "torch.linalg.LinAlgError", "AssertionError as e"]
)
def test_errors_that_a_tensor_may_raise(read: Read, kind: str) -> None:
    attempt = read(TRY.format(kind)).tries[0]
    assert (attempt.body, attempt.handlers) == ((3, 3), (4, 5))
    assert ast.unparse(attempt.calls[0]) == "x.view(7)"


def test_a_bare_except_catches_all(read: Read) -> None:
    assert len(read("try:\n    y = x.view(7)\nexcept:\n    y = x\n").tries) == 1


@pytest.mark.parametrize("kind", ["KeyError", "AttributeError", "(ImportError, OSError)"])
def test_errors_of_python_alone(read: Read, kind: str) -> None:
    assert read(TRY.format(kind)).tries == []


@pytest.mark.parametrize("body", ["pass", "y = 1", "y = x"])
def test_a_try_around_nothing_that_can_fail(read: Read, body: str) -> None:
    assert read(f"try:\n    {body}\nexcept RuntimeError:\n    y = x").tries == []


def test_errors_that_are_suppressed(read: Read) -> None:
    attempt = read("with contextlib.suppress(RuntimeError):\n    x = x.view(7)\n    x = x + 1").tries[0]
    assert attempt.body == (3, 4)
    assert read("with contextlib.suppress(KeyError):\n    x = x.view(7)").tries == []
    assert read("with torch.no_grad():\n    x = x.view(7)").tries == []


def test_returns_and_the_line_of_the_def(tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text("@wrapped\ndef f(x):\n    if x:\n        return 1\n    return 2\n", encoding="utf-8")
    reading = read_function(str(path), 1, "f")
    assert (reading.lineno, sorted(reading.returns)) == (2, [4, 5])


def test_a_function_without_source_says_nothing() -> None:
    assert read_function("/nowhere/model.py", 1, "f") == Reading()
    assert read_function(__file__, 1, "no such function") == Reading()


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a", ("a",)),
        ("a.b.c", ("a", "b", "c")),
        ("type(a).b", ("a", "__class__", "b")),
        ("f(a).b", ()),
        ("a[0].b", ()),
        ("1", ()),
    ],
)
def test_paths(text: str, path: tuple[str, ...]) -> None:
    assert path_of(ast.parse(text, mode="eval").body) == path
