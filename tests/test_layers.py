"""Imports go one way only: each room may use the rooms below it, and only some may use torch."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "tracelab"
LAYERS = (
    {"schema", "errors", "shown", "wire"},
    {"source", "syntax", "format", "display", "stopwatch"},
    {"document", "comparison"},
    {"detectors"},
    {"allowed"},
    {"renderers", "viewer"},
    {"capture", "pair"},
    {"bindings", "nesting", "tensors", "inputs"},
    {"preserve", "backends", "observers"},
    {"probes"},
    {"replay"},
    {"assembly"},
    {"repair"},
    {"beside"},
    {"handle"},
    {"live"},
    {"faithful"},
    {"cli", "jupyter", "pytest_plugin", "__main__"},
)
"""Low to high. Rooms that share a layer may use each other."""
WITH_TORCH = {
    "bindings", "nesting", "tensors", "inputs", "preserve", "backends", "observers", "probes", "replay", "assembly",
    "beside", "repair", "handle", "live", "jupyter",
}  # fmt: skip
FILES = sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    """The first folder under the package, or the file itself."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path, runtime: bool = False) -> set[str]:
    """The dotted names that a file imports, anywhere in it."""
    tree = ast.parse(path.read_text())
    skipped = {part for node in ast.walk(tree) if runtime and _types_only(node) for part in ast.walk(node)}
    names: set[str] = set()
    for node in ast.walk(tree):
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relatively"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def _types_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def height(name: str) -> int:
    """The layer of a room, counted from the bottom."""
    found = [place for place, rooms in enumerate(LAYERS) if name in rooms]
    assert found, f"tests/test_layers.py does not know the room {name!r}"
    return found[0]


@pytest.mark.parametrize("path", [f for f in FILES if room(f) != "__init__"], ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_downward(path: Path) -> None:
    used = {name.split(".")[1] for name in imports(path) if name.startswith("tracelab.")}
    used -= {"__version__"}
    assert {name for name in used if height(name) > height(room(path))} == set()


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_only_some_rooms_import_torch(path: Path) -> None:
    uses_torch = any(name.split(".")[0] == "torch" for name in imports(path, runtime=True))
    assert not uses_torch or room(path) in WITH_TORCH


def test_files_are_short() -> None:
    """Files of this house are around 120 lines, and never over 400."""
    assert {str(f.relative_to(PACKAGE)) for f in FILES if f.read_text().count("\n") > 400} == set()


def test_no_module_is_called_utils() -> None:
    assert [f for f in FILES if f.stem in {"utils", "util", "helpers", "common", "misc"}] == []
