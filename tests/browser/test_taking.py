"""What is taken out of the viewer: text, pictures, links, paper."""

from __future__ import annotations

import struct
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.browser.captures import about, columns
from tests.browser.conftest import Open
from tests.browser.seeing import Seen, in_base_36

MAY_COPY = {"permissions": ["clipboard-read", "clipboard-write"]}
SVG = "{http://www.w3.org/2000/svg}"


def copied(viewer: Seen) -> str:
    return viewer.at.evaluate("() => navigator.clipboard.readText()")


def saved(viewer: Seen, item: str, folder: Path) -> Path:
    with viewer.page.expect_download() as coming:
        viewer.menu(item)
    coming.value.save_as(folder / coming.value.suggested_filename)
    return folder / coming.value.suggested_filename


def test_a_node_is_copied_as_text(opened: Open) -> None:
    viewer = opened("norm_loop", **MAY_COPY)
    viewer.picked.get_by_role("button", name="Copy as text").click()
    viewer.at.get_by_text("Copied the node").wait_for()
    assert "aten::" in copied(viewer)
    assert "models.py:32" in copied(viewer)


@pytest.mark.parametrize("name", ["norm_loop", "column_loop", "mixtral"])
def test_the_witness_is_copied_as_python(opened: Open, name: str) -> None:
    viewer = opened(name, **MAY_COPY)
    viewer.at.get_by_role("button", name="Copy the witness").click()
    viewer.at.get_by_text("Copied the witness").wait_for()
    witness = about(name).findings[0].witness
    assert witness is not None
    assert copied(viewer).strip() == about(name).runs[witness].snippet.strip()
    compile(copied(viewer), "witness.py", "exec")


def test_a_link_shows_the_same_in_a_second_window(opened: Open) -> None:
    first = opened("mixtral", **MAY_COPY)
    for _ in range(3):
        first.keys.press("n")
    first.at.get_by_role("searchbox", name="Filter findings by text").fill("branch")
    first.menu("Copy link to this view")
    first.at.get_by_text("Copied the link").wait_for()
    link = copied(first)
    second = first.page.context.new_page()
    second.goto(link)
    second.wait_for_selector("#tracelab[data-state=ready]")
    other = Seen(second)
    assert other.said() == first.said() != ""
    assert other.detail.inner_text() == first.detail.inner_text()
    assert other.findings.all_inner_texts() == first.findings.all_inner_texts()
    assert other.canvas.get_attribute("aria-label") == first.canvas.get_attribute("aria-label")


@pytest.mark.parametrize(
    "fragment", ["n=zzzzz&f=no&r=9&o=1-zzzz&g=7", "%%%=&&==&n=-1", "f=%3Cimg%20src%3Dx%3E", "#" * 500]
)
def test_a_link_that_is_damaged_opens_all_the_same(opened: Open, fragment: str) -> None:
    assert opened("norm_loop", fragment=fragment).findings.count() == 1


@pytest.mark.parametrize("name", ["norm_loop", "resnet50", "10000"])
def test_the_drawing_is_saved_as_svg_without_anything_that_acts(opened: Open, tmp_path: Path, name: str) -> None:
    root = ElementTree.parse(saved(opened(name), "Save drawing as SVG", tmp_path)).getroot()
    assert root.tag == f"{SVG}svg"
    tags = {element.tag for element in root.iter()}
    assert not tags & {f"{SVG}script", f"{SVG}foreignObject", f"{SVG}image", f"{SVG}a"}
    assert not [key for element in root.iter() for key in element.attrib if key.startswith("on") or "href" in key]
    assert "".join(root.itertext()).strip()


def test_a_saved_svg_opens_and_shows_the_names(opened: Open, tmp_path: Path) -> None:
    viewer = opened("norm_loop", fragment="o=*")
    path = saved(viewer, "Save drawing as SVG", tmp_path)
    page = viewer.page.context.new_page()
    page.goto(path.as_uri())
    assert page.get_by_text("linear").first.is_visible()


@pytest.mark.parametrize("name", ["norm_loop", "resnet50", "100000"])
def test_the_drawing_is_saved_as_png(opened: Open, tmp_path: Path, name: str) -> None:
    data = saved(opened(name), "Save drawing as PNG", tmp_path).read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", data[16:24])
    assert min(width, height) > 100
    assert data.endswith(b"IEND\xaeB`\x82")


def test_the_drawing_in_a_file_is_that_on_the_screen(opened: Open, tmp_path: Path) -> None:
    """What is closed on the screen is closed in the file."""
    viewer = opened("mixtral", fragment="f=-&o=-")
    few = len(saved(viewer, "Save drawing as SVG", tmp_path).read_text(encoding="utf-8"))
    viewer.button("Open all").click()
    assert len(saved(viewer, "Save drawing as SVG", tmp_path).read_text(encoding="utf-8")) > 3 * few


@pytest.mark.parametrize("name", ["norm_loop", "mixtral", "partial", "clean", "empty", "100000"])
def test_paper_shows_the_page_and_not_the_viewer(opened: Open, name: str) -> None:
    viewer = opened(name)
    viewer.page.emulate_media(media="print")
    assert not viewer.at.locator("#tracelab").is_visible()
    text = viewer.at.locator("#static").inner_text()
    assert about(name).verdict.replace("`", "").split(";")[0] in text
    assert all(found.rule in text for found in about(name).findings[:5])


def test_the_link_keeps_what_is_open(opened: Open) -> None:
    of = columns("two_methods").texts("fqn").index("inner")
    viewer = opened("two_methods", fragment=f"f=-&o={in_base_36(of)}")
    around = viewer.where_scope(of)
    assert around
    assert around.height > 60
