"""The public surface: complete, sorted, documented, and light."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import tracelab

README = (Path(__file__).parent.parent / "README.md").read_text()


def in_a_new_process(code: str) -> list[str]:
    """The words that some code prints."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()


def test_all_is_sorted_and_complete() -> None:
    assert tracelab.__all__ == sorted(tracelab.__all__)
    public = {name for name in tracelab._HOMES if not name.startswith("_")} | {"__version__"}
    assert set(tracelab.__all__) == public


@pytest.mark.parametrize("name", [n for n in tracelab.__all__ if n != "__version__"])
def test_public_name_is_documented(name: str) -> None:
    member = getattr(tracelab, name)
    assert inspect.getdoc(member)
    methods = inspect.getmembers(member, inspect.isfunction) if inspect.isclass(member) else []
    ours = [(n, m) for n, m in methods if not n.startswith("_") and m.__module__.startswith("tracelab")]
    assert [n for n, method in ours if not inspect.getdoc(method)] == []


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'tracee'"):
        tracelab.tracee  # noqa: B018  # pyright: ignore[reportAttributeAccessIssue]


def test_import_loads_neither_torch_nor_much_else() -> None:
    before = set(in_a_new_process("import sys; print(*sys.modules)"))
    after = set(in_a_new_process("import sys, tracelab; print(*sys.modules)"))
    assert not {"torch", "numpy", "rich", "typer", "transformers"} & after
    assert len(after - before) < 60


def test_a_document_is_read_without_torch() -> None:
    code = "import sys; sys.modules['torch'] = None; import tracelab; tracelab.load; tracelab.Capture; print('read')"
    assert in_a_new_process(code) == ["read"]


def test_rules_load_no_torch() -> None:
    code = "import sys; from tracelab.detectors import RULES; print('torch' in sys.modules, len(RULES))"
    loaded, count = in_a_new_process(code)
    assert loaded == "False"
    assert int(count) > 15


def test_every_rule_is_explained_and_listed() -> None:
    from tracelab.detectors import RULES

    headings = {"What it finds", "Why it matters", "Example", "Instead", "Limits"}
    assert {rule: set(RULES[rule].sections) for rule in RULES} == dict.fromkeys(RULES, headings)
    assert [rule for rule in RULES if f"`{rule}`" not in README] == []


def test_the_version_is_the_package_s() -> None:
    from importlib.metadata import version

    assert version("tracelab") == tracelab.__version__
