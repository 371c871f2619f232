"""The notebooks as they are in git."""

from __future__ import annotations

import re

import nbformat
import pytest

from tests.notebooks.clearing import FOLDER, cleared

NAMES = sorted(path.name for path in FOLDER.glob("*.ipynb"))


def test_there_are_some() -> None:
    assert len(NAMES) == 5


@pytest.mark.parametrize("name", NAMES)
def test_no_output_is_stored(name: str) -> None:
    text = (FOLDER / name).read_text(encoding="utf-8")
    assert text == cleared(text), f"notebooks/{name} has outputs, or what an editor wrote: run `make strip`"


@pytest.mark.parametrize("name", NAMES)
def test_a_cell_has_a_short_name_of_its_own(name: str) -> None:
    """JupyterLab gives new cells a long random one: give it a word in its place."""
    ids = [cell["id"] for cell in nbformat.read(FOLDER / name, as_version=4).cells]
    assert [one for one in ids if not re.fullmatch(r"[a-z][a-z-]{1,20}", one)] == []
    assert len(set(ids)) == len(ids)


def test_clearing_takes_out_what_a_kernel_and_an_editor_write() -> None:
    text = (FOLDER / NAMES[0]).read_text(encoding="utf-8")
    book = nbformat.reads(text, as_version=4)
    book.metadata["widgets"], book.metadata["language_info"]["version"] = {}, "3.99"
    (first, *_) = (cell for cell in book.cells if cell.cell_type == "code")
    first.outputs = [nbformat.v4.new_output("stream", text="hello")]
    first.execution_count, first.metadata["scrolled"] = 7, True
    assert cleared(nbformat.writes(book)) == text
