from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from tests.cli import targets
from tracelab.cli.target import resolve
from tracelab.errors import UsageError

FILE = str(Path(__file__).with_name("targets.py"))
MODULE = "tests.cli.targets"


def shapes(args: Any) -> list[tuple[int, ...]]:
    return [tuple(arg.shape) for arg in args]


def test_a_function_and_a_module_are_what_they_are() -> None:
    assert resolve(f"{MODULE}:branch").func is targets.branch
    assert resolve(f"{MODULE}:clean").func is targets.clean


def test_a_method_is_reached_by_dots() -> None:
    assert resolve(f"{MODULE}:clean.forward").func == targets.clean.forward


@pytest.mark.parametrize("name", ["Clean", "built"])
def test_a_class_and_a_builder_are_called(name: str) -> None:
    found = resolve(f"{MODULE}:{name}")
    assert isinstance(found.func, targets.Clean)
    assert found.args == ()


def test_a_builder_may_bring_its_inputs() -> None:
    found = resolve(f"{MODULE}:built_with_inputs")
    assert not found.func.training  # pyright: ignore[reportFunctionMemberAccess]
    assert shapes(found.args) == [(2, 4)]


def test_a_builder_may_bring_args_and_kwargs() -> None:
    found = resolve(f"{MODULE}:built_with_args_and_kwargs")
    assert shapes(found.args) == [(2, 4)]
    assert found.kwargs is not None
    assert shapes(found.kwargs.values()) == [(4,)]


def test_a_dict_of_inputs_is_by_name() -> None:
    found = resolve(f"{MODULE}:built_with_a_dict")
    assert found.args == ()
    assert [*(found.kwargs or ())] == ["x"]


def test_a_file_is_imported_under_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "alone_in_a_folder.py").write_text("import torch\nclass Net(torch.nn.Identity): ...\n")
    func = resolve(f"{tmp_path}/alone_in_a_folder.py:Net").func
    assert isinstance(func, torch.nn.Identity)
    assert type(func).__module__ == "alone_in_a_folder"


def test_a_file_hides_no_other_module(tmp_path: Path) -> None:
    (tmp_path / "torch.py").write_text("def f(x): return x\n")
    assert resolve(f"{tmp_path}/torch.py:f").func.__module__ == "_target_torch"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (FILE, "It defines Clean, Two, Sized, Perturbed, Asking, branch"),
        ("tests.cli.targets", "Write tests.cli.targets:NAME"),
        ("missing.py:f", "There is no file 'missing.py'"),
        ("missing_module:f", "No module named 'missing_module'"),
        (f"{MODULE}:brunch", "Did you mean 'branch'?"),
        (f"{MODULE}:number", "is of type int, which cannot be traced"),
        (f"{MODULE}:Sized", "Sized(size: 'int') needs arguments"),
        (f"{MODULE}:built_wrongly", "returned an object of type int, which is no model"),
        (f"{MODULE}:fails", "LookupError: no weights"),
        ("", "names no object"),
        (":", "names no object"),
    ],
)
def test_what_cannot_be_traced_is_refused(text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        resolve(text)
    assert said in str(caught.value)
    assert caught.value.cure


@pytest.mark.parametrize("code", ["1 / 0", "import sys; sys.exit(3)", "def f(:"])
def test_a_file_that_cannot_be_imported_is_named_with_its_line(tmp_path: Path, code: str) -> None:
    file = tmp_path / "broken.py"
    file.write_text(f"\n{code}\n")
    with pytest.raises(UsageError, match="cannot be imported"):
        resolve(f"{file}:f")


def test_the_users_line_is_named_and_not_ours(tmp_path: Path) -> None:
    file = tmp_path / "broken.py"
    file.write_text("\n1 / 0\n")
    with pytest.raises(UsageError) as caught:
        resolve(f"{file}:f")
    assert caught.value.where == f"{file}:2"
