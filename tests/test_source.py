"""Frames and stack texts become the user's places."""

from __future__ import annotations

import ast
import json
import linecache
import sys
from pathlib import Path
from types import FrameType, SimpleNamespace

import numpy as np
import pytest
import torch

import tracelab
from tracelab import source
from tracelab.schema import SourceFile


@pytest.mark.parametrize("module", [json, ast])
def test_pythons_own_files_are_no_users(module: object) -> None:
    filename = str(vars(module)["__file__"])
    assert source.is_standard_library(filename)
    assert not source.is_user_file(filename)


@pytest.mark.parametrize("module", [torch, torch.nn.functional, np, tracelab])
def test_plumbing_is_no_users(module: object) -> None:
    filename = str(vars(module)["__file__"])
    assert source.is_plumbing(filename)
    assert not source.is_user_file(filename)


@pytest.mark.parametrize("filename", [__file__, "/home/me/model.py", "/home/me/torch/model.py", "<ipython-input-1>"])
def test_the_users_files(filename: str) -> None:
    assert source.is_user_file(filename)


def test_a_package_whose_name_starts_like_torchs_is_a_users() -> None:
    site_packages = Path(torch.__file__).parent.parent
    assert source.is_user_file(str(site_packages / "torchvision" / "ops.py"))
    assert source.is_user_file(str(site_packages / "transformers" / "modeling_utils.py"))


def test_frozen_modules_are_pythons() -> None:
    assert source.is_standard_library("<frozen importlib._bootstrap>")


def _here() -> FrameType:
    return sys._getframe(0)


def _tracelab_bottom_() -> FrameType:
    return _here()


def test_frames_end_at_our_own() -> None:
    names = [frame.f_code.co_name for frame in source.frames_of(_tracelab_bottom_())]
    assert names == ["_here"]


def test_frames_without_a_bottom_go_down_to_the_first() -> None:
    frames = list(source.frames_of(_here()))
    assert frames[1].f_code.co_name == "test_frames_without_a_bottom_go_down_to_the_first"
    assert frames[-1].f_back is None


def test_the_users_frame_lies_below_pythons() -> None:
    found: list[FrameType | None] = []
    json.loads("{}", object_hook=lambda _: found.append(source.user_frame(sys._getframe(1))))
    assert found[0] is sys._getframe(0)


def test_no_frame_is_no_users_frame() -> None:
    assert source.user_frame(None) is None


def test_a_stack_is_read_innermost_first_down_to_the_bottom() -> None:
    lines = ["/me/a.py(3): inner", f"{torch.__file__}(9): helper", "/me/b.py(7): outer"]
    stack = "\n".join([*lines, f"/x.py(1): {source.BOTTOM}", "/me/c.py(1): <module>"])
    places = [(place.filename, place.lineno, place.function) for place in source.stack_places(stack)]
    assert places == [("/me/a.py", 3, "inner"), ("/me/b.py", 7, "outer")]


def test_a_scripted_stack_gives_its_first_place() -> None:
    stack = '  File "/me/a.py", line 3\n    return x\n  File "/me/b.py", line 9\n    f(x)'
    assert [(place.filename, place.lineno) for place in source.stack_places(stack)] == [("/me/a.py", 3)]


@pytest.mark.parametrize("stack", ["", "no stack at all", f"{torch.__file__}(9): helper"])
def test_a_stack_without_the_user(stack: str) -> None:
    assert source.stack_places(stack) == ()


def test_a_line_range_leaves_out_the_margin(tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text("def f(x):\n    return x  \n", encoding="utf-8")
    found = source.line_range(str(path), 2, "f")
    assert (found.lineno, found.end_lineno, found.function) == (2, 2, "f")
    assert (found.col_offset, found.end_col_offset) == (len("    "), len("    return x"))


def test_a_line_that_cannot_be_read_has_no_end() -> None:
    found = source.line_range("/nowhere/model.py", 4, "f")
    assert (found.lineno, found.col_offset, found.end_col_offset) == (4, 0, None)


def test_a_function_stands_where_its_code_begins() -> None:
    found = source.function_range(_here.__code__)
    assert linecache.getline(found.filename, found.lineno).startswith("def _here")


def test_the_texts_of_files_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b.py", "a.py"):
        (tmp_path / name).write_text(f"name = '{name}'\n", encoding="utf-8")
    names = {str(tmp_path / name) for name in ("b.py", "a.py", "missing.py")}
    expected = [SourceFile(filename=str(tmp_path / name), text=f"name = '{name}'\n") for name in ("a.py", "b.py")]
    assert list(source.source_files(names)) == expected


def test_a_notebook_cell_has_its_label(monkeypatch: pytest.MonkeyPatch) -> None:
    """IPython keeps the number of each cell under the name that it compiled the cell with."""
    shell = SimpleNamespace(compile=SimpleNamespace(_filename_map={"/tmp/ipykernel_1/22.py": 3}))
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    assert source.cell_label("/tmp/ipykernel_1/22.py") == "In [3]"
    assert source.cell_label("/me/model.py") is None


def test_outside_of_a_notebook_nothing_has_a_label() -> None:
    assert source.cell_label(__file__) is None
