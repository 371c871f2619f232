"""For everybody: axe-core finds nothing serious; colours follow the system."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.captures import about
from tests.browser.conftest import Open
from tests.browser.seeing import Seen
from tests.browser.starting import AXE
from tests.browser.test_widths import at_width

needs_axe = pytest.mark.skipif(not AXE.is_file(), reason="`npm ci` in labextension/ was not run (`make` does it)")


def violations(seen: Seen) -> list[str]:
    """What axe calls serious or critical. Its script is none of the report's, so the page's policy is not asked."""
    if not seen.at.evaluate("() => 'axe' in window"):
        seen.page.add_script_tag(path=AXE)
    said: list[dict[str, Any]] = seen.at.evaluate(
        "async () => (await axe.run(document, { resultTypes: ['violations'] })).violations"
    )
    return [
        f"{one['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for one in said
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"][:3]
    ]


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["norm_loop", "mixtral", "partial", "clean", "nothing"])
def test_axe_finds_nothing_serious(opened: Open, name: str, scheme: str) -> None:
    seen = opened(name, color_scheme=scheme, bypass_csp=True)
    for width in (1400, 400):
        at_width(seen, width)
        assert violations(seen) == []


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_what_opens(opened: Open, scheme: str) -> None:
    seen = opened("column_loop", color_scheme=scheme, bypass_csp=True)
    found = []
    seen.keys.press("/")
    seen.keys.type("linear")
    seen.found.wait_for()
    found += violations(seen)
    seen.keys.press("Escape")
    seen.keys.press("?")
    found += violations(seen)
    seen.keys.press("Escape")
    seen.button("Modules").click()
    found += violations(seen)
    seen.at.get_by_role("button", name="Menu").click()
    found += violations(seen)
    assert found == []


@needs_axe
def test_axe_finds_nothing_serious_in_narrow_panes(opened: Open) -> None:
    seen = opened("column_loop", width=400, bypass_csp=True)
    for tab in ("Graph", "Source", "Runs"):
        seen.at.get_by_role("navigation", name="Panes").get_by_role("button", name=tab).click()
        assert violations(seen) == []


def test_colours_follow_the_system_while_it_is_open(opened: Open) -> None:
    seen = opened("norm_loop", color_scheme="light")
    paper = "element => getComputedStyle(element).backgroundColor"
    assert seen.at.locator(".viewer").evaluate(paper) == "rgb(255, 255, 255)"
    light = seen.at.locator(".drawing > div").evaluate("stage => stage.style.background")
    seen.page.emulate_media(color_scheme="dark")
    seen.at.locator(".viewer.dark").wait_for()
    assert seen.at.locator(".viewer").evaluate(paper) == "rgb(20, 22, 27)"
    assert seen.at.locator(".drawing > div").evaluate("stage => stage.style.background") != light


@pytest.mark.parametrize("name", ["norm_loop", "mixtral"])
def test_a_finding_is_told_without_colour(opened: Open, name: str) -> None:
    """By a word and a shape: each look has its own path."""
    seen = opened(name)
    row = seen.findings.first
    assert about(name).findings[0].word in row.inner_text()
    shapes = seen.at.locator(".findings .shape path, .tallies .shape path")
    looks = {shape.locator("..").get_attribute("class"): shape.get_attribute("d") for shape in shapes.all()}
    assert len(set(looks.values())) == len(looks)


def test_what_is_selected_is_read_aloud(opened: Open) -> None:
    seen = opened("norm_loop", fragment="f=-&n=0")
    assert seen.said() == "x: f32[1, 4]"


def test_the_drawing_has_a_name(opened: Open) -> None:
    label = opened("norm_loop").canvas.get_attribute("aria-label") or ""
    assert label.startswith("Graph of forward: ")
    assert f"{about('norm_loop').graphs[0].nodes} nodes" in label
