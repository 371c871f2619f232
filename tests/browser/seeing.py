"""What is on the screen of a viewer, in words; a page, or a frame that holds one."""

from __future__ import annotations

from typing import NamedTuple
from urllib import parse

from playwright.sync_api import Frame, Locator, Page


class Box(NamedTuple):
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2

    def holds(self, other: Box, slack: float = 1) -> bool:
        right, bottom = self.x + self.width, self.y + self.height
        fits = other.x + other.width <= right + slack and other.y + other.height <= bottom + slack
        return fits and other.x >= self.x - slack and other.y >= self.y - slack

    def meets(self, other: Box, slack: float = 1) -> bool:
        wide = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        high = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        return wide > slack and high > slack


class Seen:
    """A viewer that is open. Selectors reach into its shadow root."""

    def __init__(self, page: Page | Frame) -> None:
        self.at = page
        self.keys = (page if isinstance(page, Page) else page.page).keyboard
        self.mouse = (page if isinstance(page, Page) else page.page).mouse
        self.canvas = page.locator(".drawing canvas").first
        self.findings = page.get_by_role("list", name="Findings").get_by_role("listitem")
        self.detail = page.locator("article.detail")
        self.picked = page.get_by_role("region", name="What is selected")
        self.tree = page.get_by_role("tree", name="Modules")
        self.search = page.get_by_role("combobox", name="Search nodes and modules")
        self.found = page.get_by_role("listbox", name="Found")
        self.source = page.locator(".virtual.source")
        self.runs = page.locator(".room.runs-room")
        self.compared = page.get_by_role("group", name="eager against captured")

    @property
    def page(self) -> Page:
        assert isinstance(self.at, Page)
        return self.at

    def room(self, name: str) -> Locator:
        return self.at.locator(f".room.{name}-room")

    def focus(self) -> None:
        """The keyboard is with the viewer, as it is when a report was opened."""
        self.at.locator(".viewer").focus()

    def said(self) -> str:
        """What a screen reader says of the selection."""
        return self.at.locator(".viewer > .hidden[role=status]").inner_text()

    def wait_until_said(self, words: str) -> None:
        self.at.locator(".viewer > .hidden[role=status]", has_text=words).wait_for(state="attached")

    def menu(self, item: str) -> None:
        self.at.get_by_role("button", name="Menu").click()
        self.at.get_by_role("menuitem", name=item).click()

    def button(self, name: str) -> Locator:
        return self.at.get_by_role("button", name=name, exact=True)

    def fragment(self) -> dict[str, str]:
        """What the address says."""
        text = self.at.evaluate("location.hash.slice(1)")
        return dict(parse.parse_qsl(text))

    def node(self) -> int | None:
        """The number of the selected node, from the address, once it is written there."""
        text = self.fragment().get("n")
        return None if text is None else int(text, 36)

    def wait_for_node(self, node: int) -> None:
        wanted = in_base_36(node)
        self.at.wait_for_function("n => location.hash.slice(1).split('&').includes('n=' + n)", arg=wanted)

    def wait_for_another_finding(self) -> str:
        """The id of the finding in view, when the address says another one than it did."""
        self.at.wait_for_function(
            """() => {
                const now = /[#&]f=([^&]*)/.exec(location.hash)?.[1];
                const before = window.findingBefore;
                if (now !== undefined && now !== before) window.findingBefore = now;
                return now !== undefined && now !== before;
            }"""
        )
        return self.fragment()["f"]

    def wait_for_any_node(self) -> int:
        self.at.wait_for_function("() => /[#&]n=/.test(location.hash)")
        node = self.node()
        assert node is not None
        return node

    def where(self, node: int) -> Box | None:
        """Where the drawing says that a node is in the window, once the camera rests."""
        return self._drawn("pane.where(at)", node)

    def where_scope(self, scope: int) -> Box | None:
        return self._drawn("pane.whereScope(at)", scope)

    def _drawn(self, asked: str, at: int) -> Box | None:
        self.wait_until_still()
        said: dict[str, float] | None = self.at.locator(".drawing").evaluate(f"({{ pane }}, at) => {asked}", at)
        if said is None:
            return None
        left, top, _, _ = box(self.canvas)
        return Box(said["x"] + left, said["y"] + top, said["w"], said["h"])

    def boxes(self) -> int:
        """How many boxes the drawing has, as it says itself."""
        said = self.canvas.get_attribute("aria-label") or ""
        return int(said.rpartition("drawn as ")[2].partition(" ")[0].replace(",", ""))

    def colours(self, where: Box) -> int:
        """How many colours are in a part of the drawing."""
        return len(set(self.pixels(where)))

    def pixels(self, where: Box) -> list[int]:
        left, top, _, _ = box(self.canvas)
        return self.canvas.evaluate(
            """(canvas, [x, y, width, height]) => {
                const pen = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
                pen.drawImage(canvas, -x, -y);
                return [...new Uint32Array(pen.getImageData(0, 0, width, height).data.buffer)];
            }""",
            [where.x - left, where.y - top, where.width, where.height],
        )

    def wait_until_still(self) -> None:
        """The camera flies to what is selected; it is there when two frames show the same."""
        self.at.locator(".drawing").evaluate(
            """({ pane }) => new Promise((done) => {
                const now = () => JSON.stringify(pane.where(0) ?? pane.whereScope(0) ?? null);
                let [last, same] = ["", 0];
                const look = () => {
                    [last, same] = [now(), now() === last ? same + 1 : 0];
                    if (same > 5) done();
                    else requestAnimationFrame(look);
                };
                look();
            })"""
        )


def box(element: Locator) -> Box:
    said = element.bounding_box()
    assert said, "it is not on the screen"
    return Box(said["x"], said["y"], said["width"], said["height"])


def in_base_36(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    return (in_base_36(number // 36) if number >= 36 else "") + digits[number % 36]
