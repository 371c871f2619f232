"""The frozen lines of a notebook's cells, as its page sees them: by the cell's id, and on the cell's own lines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.jupyter.pages import Page
from tests.jupyter.shells import Kernel
from tracelab.jupyter.code import Cell

FROZEN = "    if x.sum() > 0:"
BRANCH = f"def branch(x):\n{FROZEN}\n        return x + 1\n    return x - 1\n"
EARLY = f"\nimport torch\n\n{BRANCH.replace('branch', 'early')}x = torch.ones(2, 3)"
CELLS = {
    "plain": f"{BRANCH}%trace --probes 0 branch(x)",
    "blank lines on top": f"\n  \n\n{BRANCH}%trace --probes 0 branch(x)",
    "under the magic": f"%%trace --probes 0\n{BRANCH}branch(x)",
    "under the magic, with blank lines": f"\n%%trace --probes 0\n\n{BRANCH}branch(x)",
    "under another magic": f"\n%%capture\n{BRANCH}t = %trace --probes 0 branch(x)",
    "below a line that goes on": f"y = 1 + \\\n  2\n{BRANCH}%trace --probes 0 branch(x)",
    "below magics and commands": f"%pwd\n!true\n{BRANCH}%trace --probes 0 branch(x)",
    "indented": "".join(f"  {line}\n" for line in [*BRANCH.splitlines(), "t = %trace --probes 0 branch(x)"]),
    "twice the same line": f"{BRANCH}{BRANCH}%trace --probes 0 branch(x)",
    "in the magic's own line": f"y = 1\n%trace --probes 0 (lambda x: x if {FROZEN.strip(' if:')} else -x)(x)",
}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with Kernel(tmp_path_factory.mktemp("ipython")) as kernel:
        run(kernel, EARLY, "early")
        run(kernel, f"\n%load_ext tracelab\n{BRANCH.replace('branch', 'beside')}", "loading")
        yield Page(kernel)


def run(kernel: Kernel, code: str, cell: str) -> None:
    assert "error" not in kernel.outputs(kernel.wait(kernel.start(code, cellId=cell)))


def marked(page: Page, cell: str) -> list[dict[str, Any]]:
    return [one for one in page.ask("marks")["marked"] if one["cell"] == cell]


@pytest.mark.parametrize("name", CELLS)
def test_a_mark_stands_on_the_line_that_the_user_sees(page: Page, name: str) -> None:
    run(page.kernel, CELLS[name], name)
    (one,) = marked(page, name)
    (mark,) = one["marks"]
    assert one["text"] == CELLS[name]
    assert FROZEN.strip(" if:") in one["text"].splitlines()[mark["line"] - 1]
    assert (one["is_cell"], mark["look"], mark["last"]) == (True, "warning", mark["line"])
    assert mark["line"] == max(at for at, line in enumerate(CELLS[name].splitlines(), 1) if "x.sum()" in line)


def test_a_mark_says_what_was_frozen(page: Page) -> None:
    run(page.kernel, CELLS["plain"], "plain")
    (mark,) = marked(page, "plain")[0]["marks"]
    assert mark["title"] == "data-dependent-branch: unproven"
    assert mark["text"].startswith("frozen: True\n`if` was decided once (True)")


def test_a_mark_says_what_an_export_does_about_it(page: Page) -> None:
    sized = "def sized(x):\n    return x + 1 if x.shape[0] > 1 else -x\n%trace --backend export sized(x)"
    run(page.kernel, sized, "sized")
    titles = {mark["title"] for one in marked(page, "sized") for mark in one["marks"]}
    assert titles == {"shape-dependent-branch: guarded"}


def test_the_cell_that_loads_the_extension_is_known(page: Page) -> None:
    run(page.kernel, "b = %trace --probes 0 beside(x)", "asks")
    (one,) = marked(page, "loading")
    assert one["marks"][0]["line"] == 4
    assert marked(page, "asks") == []


def test_of_a_cell_that_was_run_before_the_text_tells(page: Page) -> None:
    run(page.kernel, "e = %trace --probes 0 early(x)", "asks")
    (one,) = marked(page, "")
    assert (one["text"], one["is_cell"], [mark["line"] for mark in one["marks"]]) == (EARLY, True, [5])


def test_cells_with_the_same_text_are_all_marked(page: Page) -> None:
    for cell in ("one", "other"):
        run(page.kernel, CELLS["plain"] + "  # the same", cell)
    assert marked(page, "one")[0]["marks"] == marked(page, "other")[0]["marks"]
    assert len(marked(page, "one")[0]["marks"]) == 1  # though two Traces say so


def test_what_the_newest_trace_says_of_a_line_counts(page: Page) -> None:
    run(page.kernel, f"{BRANCH}old = %trace --probes 0 branch(x)\nnew = %trace branch(x)", "both")
    (mark,) = marked(page, "both")[0]["marks"]
    assert mark["title"] == "data-dependent-branch: diverges"


def test_a_file_has_its_own_lines(page: Page, tmp_path: Path) -> None:
    (tmp_path / "marked_module.py").write_text(f"\n\n{BRANCH}")
    run(
        page.kernel, f"import sys; sys.path.insert(0, {str(tmp_path)!r})\nfrom marked_module import branch as filed", ""
    )
    run(page.kernel, "filed_trace = %trace --probes 0 filed(x)", "")
    (one,) = [one for one in page.ask("marks")["marked"] if one["filename"] == str(tmp_path / "marked_module.py")]
    assert (one["cell"], one["is_cell"], one["text"]) == ("", False, f"\n\n{BRANCH}")
    assert [mark["line"] for mark in one["marks"]] == [4]


def test_a_finding_names_the_cell_and_its_line(page: Page) -> None:
    run(page.kernel, CELLS["blank lines on top"].replace("%trace", "tops = %trace"), "tops")
    (trace,) = [trace["id"] for trace in page.ask("list")["listing"]["traces"] if trace["name"] == "tops"]
    (finding,) = page.ask("findings", trace=trace)["findings"]
    assert (finding["cell"], finding["source"]["lineno"]) == ("tops", 5)
    assert finding["place"].endswith(":5")


def test_code_without_a_source_has_no_mark(page: Page) -> None:
    code = "exec(compile('def e(x): return x if x.sum() > 0 else -x', '<made>', 'exec'))\n%trace --probes 0 e(x)"
    run(page.kernel, code, "made")
    assert marked(page, "made") == []


@pytest.mark.parametrize(
    ("text", "code", "line", "expected"),
    [("", "", 3, 1), ("a", "", 9, 1), ("a\nb", "a\nb", 0, 1), ("\n\na", "a", 1, 3), ("a\nb\na", "a\nb\na", 3, 3)],
)
def test_a_line_is_always_one_of_the_cell_s(text: str, code: str, line: int, expected: int) -> None:
    assert Cell(text).line(line, code) == expected
