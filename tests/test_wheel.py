"""A wheel of this checkout carries the built viewer, though git ignores it."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What a wheel is built from, with a viewer of one line."""
    for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(HOUSE / name, tmp_path)
    shutil.copytree(HOUSE / "tracelab", tmp_path / "tracelab", ignore=shutil.ignore_patterns("static", "__pycache__"))
    (tmp_path / "tracelab" / "static" / "labextensions" / "tracelab").mkdir(parents=True)
    (tmp_path / "tracelab" / "static" / "labextensions" / "tracelab" / "package.json").write_text("{}")
    (tmp_path / "tracelab" / "static" / "report.js").write_text("built")
    return tmp_path


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_what_is_built_carries_the_viewer(checkout: Path, kind: str):
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", "out"]
    built = subprocess.run(command, cwd=checkout, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    file = next((checkout / "out").iterdir())
    if kind == "wheel":
        names = set(zipfile.ZipFile(file).namelist())
        assert {"tracelab/static/report.js", "tracelab/renderers/style.css"} <= names
        assert not [name for name in names if name.startswith(("tests", "labextension"))]
        extension = [name for name in names if "labextensions" in name]
        assert len(extension) == 1, "once, and where JupyterLab looks"
        assert extension[0].endswith(".data/data/share/jupyter/labextensions/tracelab/package.json")
    else:
        shutil.unpack_archive(file, checkout / "unpacked")
        static = next((checkout / "unpacked").glob("*/tracelab/static"))
        assert (static / "report.js").is_file()
        assert (static / "labextensions" / "tracelab" / "package.json").is_file()
