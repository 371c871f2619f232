"""Jobs and cells in a real kernel: what a page sends over the widget's comm, and what comes back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.jupyter.shells import SECONDS, Kernel
from tracelab.wire import CHANNEL

MODEL = """import torch, tracelab
torch.set_num_threads(1)

def model(x):
    if torch.sigmoid(x).max() > 2:
        x = -x
    return x + 1 if x.sum() > 0 else x - 1

def slow(x):
    for _ in range(10 ** 9 if hasattr(model, "is_slow") else 1):
        pass
    return x + 1

t = tracelab.trace(model, torch.ones(2, 3), probes=())
s = tracelab.trace(slow, torch.ones(2, 3), probes=())
display(t); display(s)"""


class Page:
    """The page's side of the widgets of a kernel."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel, self.client = kernel, kernel._client
        self.count, self.outputs = 0, list[dict[str, Any]]()
        opened: list[str] = []
        cell = kernel.start(MODEL)
        for message in self.messages():
            if message["msg_type"] == "comm_open" and "_esm" in message["content"]["data"].get("state", {}):
                opened.append(message["content"]["comm_id"])
            if ends(message, cell):
                break
        self.t, self.s = opened

    def messages(self) -> Iterator[dict[str, Any]]:
        while True:
            message = self.client.get_iopub_msg(timeout=SECONDS)
            self.outputs.append(message)
            yield message

    def send(self, comm: str, what: str, **parts: Any) -> str:
        self.count += 1
        request = {"version": CHANNEL, "id": str(self.count), "what": what, **parts}
        self.raw(comm, {"tracelab": request})
        return request["id"]

    def raw(self, comm: str, content: object) -> None:
        data = {"comm_id": comm, "data": {"method": "custom", "content": content}}
        self.client.shell_channel.send(self.client.session.msg("comm_msg", data))

    def until(self, name: str, *states: str) -> dict[str, Any]:
        for message in self.messages():
            reply = reply_in(message)
            if reply is not None and reply["id"] == name and reply["state"] in states:
                return reply
        raise AssertionError

    def end_of(self, name: str) -> dict[str, Any]:
        return self.until(name, "done", "failed", "cancelled")

    def ask(self, comm: str, what: str, **parts: Any) -> dict[str, Any]:
        return self.end_of(self.send(comm, what, **parts))


def reply_in(message: dict[str, Any]) -> dict[str, Any] | None:
    data = message["content"].get("data", {})
    is_ours = message["msg_type"] == "comm_msg" and data.get("method") == "custom"
    return data["content"]["tracelab"] if is_ours else None


def ends(message: dict[str, Any], cell: str) -> bool:
    is_it = message["parent_header"].get("msg_id") == cell
    return is_it and message["content"].get("execution_state") == "idle"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with Kernel(tmp_path_factory.mktemp("ipython")) as kernel:
        yield Page(kernel)


def printed(page: Page, code: str) -> str:
    return page.kernel.run(code).get("stdout", "").strip()


def sent(page: Page) -> list[set[str]]:
    """What each update of a widget was about; what travels as bytes is named by its path."""
    found: list[set[str]] = []
    for message in page.outputs:
        data = message["content"].get("data", {})
        if message["msg_type"] == "comm_msg" and data.get("method") == "update":
            found.append({path[0] for path in data["buffer_paths"]})
    return found


def test_a_run_that_proves_nothing_travels_alone_and_joins_the_document(page: Page) -> None:
    page.outputs.clear()
    reply = page.ask(page.t, "rerun", fields=[{"id": "x", "fill": "expression", "text": "2 * torch.ones(2, 3)"}])
    assert reply["call"] == "t.rerun(2 * torch.ones(2, 3))"
    assert sent(page) == [{"added"}]
    assert printed(page, "print(t.capture.runs[-1].id, t.capture.runs[-1].outcome)") == f"{reply['run']} agrees"


def test_with_a_run_that_proves_something_the_document_comes(page: Page) -> None:
    page.outputs.clear()
    reply = page.ask(page.t, "rerun", fields=[{"id": "x", "fill": "expression", "text": "-torch.ones(2, 3)"}])
    assert sent(page) == [{"document"}]
    assert printed(page, "print([f.witness.id for f in t.findings if f.witness])") == f"[{reply['run']}]"


def test_names_are_those_of_the_user_s_cells(page: Page) -> None:
    page.kernel.run("mine = torch.ones(5, 3)")
    reply = page.ask(page.t, "rerun", fields=[{"id": "x", "fill": "variable", "text": "mine"}])
    assert (reply["state"], reply["call"]) == ("done", "t.rerun(mine)")
    page.kernel.run("del mine")
    reply = page.ask(page.t, "rerun", fields=[{"id": "x", "fill": "variable", "text": "mine"}])
    assert reply["problems"][0]["what"] == "NameError: name 'mine' is not defined"


def test_the_user_s_grad_mode_is_that_of_the_run(page: Page) -> None:
    page.kernel.run("seen = []; torch.set_grad_enabled(False)")
    ask = {
        "fields": [
            {"id": "x", "fill": "expression", "text": "seen.append(torch.is_grad_enabled()) or torch.ones(2, 3)"}
        ]
    }
    page.ask(page.t, "rerun", **ask)
    page.kernel.run("_ = torch.set_grad_enabled(True)")
    page.ask(page.t, "rerun", **ask)
    assert printed(page, "print(seen)") == "[False, True]"


def test_what_a_page_asks_while_a_cell_runs_is_done_after_it(page: Page) -> None:
    page.kernel.run("marks = []")
    cell = page.kernel.start("import time; print('begun', flush=True); time.sleep(0.5); marks.append('cell')")
    page.kernel.wait(cell, until="begun")
    text = "marks.append('job') or torch.ones(2, 3)"
    reply = page.ask(page.t, "rerun", fields=[{"id": "x", "fill": "expression", "text": text}])
    assert reply["state"] == "done"
    assert printed(page, "print(marks)") == "['cell', 'job']"


def test_a_search_is_cancelled_while_it_runs(page: Page) -> None:
    name = page.send(page.t, "search", seconds="500")
    page.until(name, "running")
    page.send(page.t, "cancel", of=name)
    assert page.end_of(name)["state"] == "cancelled"


def test_a_run_that_is_cancelled_is_not_kept(page: Page) -> None:
    before = printed(page, "model.is_slow = True; print(len(s.capture.runs))")
    name = page.send(page.s, "rerun")
    page.until(name, "running")
    page.send(page.s, "cancel", of=name)
    reply = page.end_of(name)
    assert (reply["state"], reply["run"]) == ("cancelled", None)
    assert printed(page, "del model.is_slow; print(len(s.capture.runs), s.func is slow)") == f"{before} True"


def test_a_cell_waits_for_a_search_and_says_so(page: Page) -> None:
    name = page.send(page.t, "search", seconds="2")
    page.until(name, "running")
    page.outputs.clear()
    cell = page.kernel.start("print('now')")
    seen: list[str] = []
    for message in page.messages():
        reply, content = reply_in(message), message["content"]
        if reply is not None and reply["id"] == name and reply["state"] == "done":
            seen.append("done")
        if message["msg_type"] == "display_data":
            seen.append(content["data"]["text/plain"])
        if message["msg_type"] == "stream":
            seen.append(content["text"].strip())
        if ends(message, cell):
            break
    said = "TraceLab is still at work for its viewer; this cell comes next. Interrupt to end that work."
    assert seen == [said, "done", "now"]


@pytest.mark.parametrize("code", ["print('now')", "import asyncio; await asyncio.sleep(0); print('now')"])
def test_to_interrupt_a_cell_that_waits_ends_the_search_and_the_cell_goes_on(page: Page, code: str) -> None:
    name = page.send(page.t, "search", seconds="500")
    page.until(name, "running")
    cell = page.kernel.start(code)
    for message in page.messages():
        if message["msg_type"] == "display_data":
            break
    page.kernel.interrupt()
    assert page.end_of(name)["state"] == "cancelled"
    assert page.kernel.outputs(page.kernel.wait(cell))["stdout"] == "now\n"


def test_to_interrupt_a_kernel_that_runs_no_cell_ends_the_search(page: Page) -> None:
    name = page.send(page.t, "search", seconds="500")
    page.until(name, "running")
    page.kernel.interrupt()
    assert page.end_of(name)["state"] == "cancelled"
    assert printed(page, "print('alive')") == "alive"


def test_what_cannot_be_read_is_answered_and_logged_nowhere(page: Page) -> None:
    page.outputs.clear()
    page.raw(page.t, {"tracelab": {"version": CHANNEL, "id": "bad", "what": 3}})
    page.raw(page.t, {"somebody": "else's"})
    page.raw(page.t, None)
    reply = page.end_of("bad")
    assert "This request cannot be read" in reply["problems"][0]["what"]
    assert printed(page, "print('alive')") == "alive"
    assert [m["content"] for m in page.outputs if m["msg_type"] in ("stream", "error")] == []


def test_a_rerun_in_a_cell_is_shown_by_the_widget(page: Page) -> None:
    page.outputs.clear()
    cell = page.kernel.start("_ = s.rerun(3 * torch.ones(2, 3))")
    for message in page.messages():
        if ends(message, cell):
            break
    assert sent(page) == [{"added"}]


def test_a_widget_that_is_closed_ends_what_it_asked_for(page: Page) -> None:
    name = page.send(page.s, "search", seconds="500")
    page.until(name, "running", "done")
    page.kernel.run("s.widget().close()")
    assert printed(page, "print(len(s.findings))") == "0"
