"""The source pane: what is said of a line never lies on the line."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Open

COVERED = """() => {
    const root = document.querySelector("#tracelab").shadowRoot;
    const out = [];
    for (const line of root.querySelectorAll(".source .code:has(.annotations)")) {
        const range = document.createRange();
        range.selectNodeContents(line.querySelector("code"));
        const label = line.querySelector(".annotation, .remark").getBoundingClientRect();
        const code = range.getBoundingClientRect();
        const beside = code.right <= label.left + 1, below = code.bottom <= label.top + 1;
        if (!beside && !below) out.push(`${line.innerText} ${code.right} ${label.left}`);
    }
    return out;
}"""

IN_VIEW = """() => {
    const pane = document.querySelector("#tracelab").shadowRoot.querySelector(".virtual.source");
    const [line, around] = [pane.querySelector(".code.current"), pane].map((one) => one?.getBoundingClientRect());
    return line && line.top >= around.top && line.bottom <= around.bottom;
}"""


@pytest.mark.parametrize("name", ["norm_loop", "swin", "mixtral"])
@pytest.mark.parametrize("width", [400, 900, 1400, 2000])
def test_what_is_said_of_a_line_covers_none_of_it(opened: Open, name: str, width: int) -> None:
    seen = opened(name, width=width)
    if width == 400:
        seen.button("Source").click()
    seen.source.locator(".annotations").first.wait_for()
    assert seen.at.evaluate(COVERED) == []


@pytest.mark.parametrize("name", ["swin", "mixtral"])
@pytest.mark.parametrize("width", [400, 1400])
def test_the_line_of_the_finding_is_in_view(opened: Open, name: str, width: int) -> None:
    """Lines with something below them are higher, which is known only when the pane is there."""
    seen = opened(name, width=width)
    if width == 400:
        seen.button("Source").click()
    seen.at.wait_for_function(IN_VIEW)
