"""A notebook as git has it: without outputs, and without what JupyterLab and a kernel write into it.

`python -m tests.notebooks.clearing` clears all of notebooks/.
"""

from __future__ import annotations

from pathlib import Path

import nbformat

FOLDER = Path(__file__).parents[2] / "notebooks"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def cleared(text: str) -> str:
    """The text of a notebook, cleared; its cells keep their ids."""
    book = nbformat.reads(text, as_version=4)
    book.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": {"name": "python"}})
    for cell in book.cells:
        cell.metadata = nbformat.from_dict({})
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return nbformat.writes(book) + "\n"


if __name__ == "__main__":
    for path in sorted(FOLDER.glob("*.ipynb")):
        text = path.read_text(encoding="utf-8")
        if cleared(text) != text:
            path.write_text(cleared(text), encoding="utf-8")
            print(f"cleared {path.name}")
