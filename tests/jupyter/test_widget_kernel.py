"""What a kernel sends to a page when a cell ends with a Trace."""

from __future__ import annotations

import base64
import gzip
import re
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.jupyter.shells import SECONDS, Kernel
from tracelab.jupyter.bundle import DOCUMENT, WIDGET
from tracelab.renderers import bundle

MODEL = "from tests.jupyter.models import branch\nimport tracelab\nt = tracelab.trace(branch, X, probes=3)"


def sent(kernel: Kernel, code: str) -> list[dict[str, Any]]:
    """All messages of a cell, whole: `Kernel.wait` leaves their buffers out."""
    cell, seen = kernel.start(code), []
    while not (seen and seen[-1]["content"].get("execution_state") == "idle"):
        message = kernel._client.get_iopub_msg(timeout=SECONDS)
        if message["parent_header"].get("msg_id") == cell:
            seen.append(message)
    assert [m["content"] for m in seen if m["msg_type"] in ("error", "stream")] == []
    return seen


def printed(kernel: Kernel, code: str) -> list[str]:
    return [m["text"].strip() for m in kernel.wait(kernel.start(code)) if m["type"] == "stream"]


@pytest.fixture(scope="module")
def messages(kernel: Kernel) -> list[dict[str, Any]]:
    return sent(kernel, f"{MODEL}\nt")


@pytest.fixture(scope="module")
def data(messages: list[dict[str, Any]]) -> dict[str, Any]:
    (found,) = (m["content"]["data"] for m in messages if m["msg_type"] == "execute_result")
    return found


def opened(messages: list[dict[str, Any]]) -> dict[str, Any]:
    """The message that makes the widget in the page."""
    (found,) = (m for m in messages if "_esm" in m["content"].get("data", {}).get("state", {}))
    return found


def test_a_trace_comes_in_every_form_that_a_host_keeps(data: dict[str, Any]) -> None:
    assert set(data) == {WIDGET, DOCUMENT, "text/html", "text/plain"}
    assert "program wrong\n  findings " in data["text/plain"]


def test_the_view_is_of_the_widget_that_was_made(messages: list[dict[str, Any]], data: dict[str, Any]) -> None:
    assert data[WIDGET]["model_id"] == opened(messages)["content"]["comm_id"]


def test_the_document_travels_as_its_bytes_and_once(
    kernel: Kernel, messages: list[dict[str, Any]], data: dict[str, Any]
) -> None:
    message = opened(messages)
    assert message["content"]["data"]["buffer_paths"] == [["document"]]
    (buffer,) = message["buffers"]
    assert [str(len(buffer))] == printed(kernel, "from tracelab.viewer import packed; print(len(packed(t.capture)))")
    assert bytes(buffer) == base64.b64decode(data[DOCUMENT]["packed"])
    assert gzip.decompress(buffer)


def test_the_mimetype_has_a_version_and_the_bytes(data: dict[str, Any]) -> None:
    assert set(data[DOCUMENT]) == {"version", "trace", "packed"}
    assert data[DOCUMENT]["version"] == 1


def test_the_html_is_one_picture_with_its_words(data: dict[str, Any]) -> None:
    found = re.fullmatch(r'<img alt="([^"<>]+)" src="data:image/svg\+xml;base64,([\w+/=]+)">', data["text/html"])
    assert found
    answer = "branch: " + data["text/plain"].splitlines()[0]
    assert found[1].splitlines()[0] == answer
    picture = ElementTree.fromstring(base64.b64decode(found[2]))
    assert picture[0].attrib == {"width": "100%", "height": "100%", "fill": "white"}
    assert answer in [part.text for part in picture]


def test_a_second_view_sends_no_second_document(kernel: Kernel, messages: list[dict[str, Any]]) -> None:
    again = sent(kernel, "display(t.widget()); t")
    assert [m for m in again if m["buffers"]] == []
    forms = [m["content"].get("data", {}) for m in again]
    views = [data[WIDGET]["model_id"] for data in forms if WIDGET in data]
    assert views == [opened(messages)["content"]["comm_id"]] * 2


@pytest.mark.skipif(bundle.script() is None, reason="`make viewer` was not run")
def test_the_module_comes_with_the_widget(messages: list[dict[str, Any]]) -> None:
    assert re.search(r"export\{\w+ as default\};?\s*$", opened(messages)["content"]["data"]["state"]["_esm"])


def test_what_a_page_sends_is_read_in_python(kernel: Kernel, messages: list[dict[str, Any]]) -> None:
    opened_ = opened(messages)["content"]["comm_id"]
    state = {"selection": {"node": 0}, "run": 0}
    content = {"comm_id": opened_, "data": {"method": "update", "state": state, "buffer_paths": []}}
    kernel._client.shell_channel.send(kernel._client.session.msg("comm_msg", content))
    assert printed(kernel, "print(t.widget().selection, t.widget().run)") == ["{'node': 0} 0"]
