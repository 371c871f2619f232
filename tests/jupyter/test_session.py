"""The kernel's line in a real kernel: what a page asks, what it is told, and that nothing that comes can harm."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.jupyter.pages import Page, opened_push, told_in
from tests.jupyter.shells import SECONDS, Kernel
from tracelab import document
from tracelab.wire import CHANNEL, RPC

CELLS = """import torch, tracelab
torch.set_num_threads(1)

def branch(x):
    return x + 1 if x.sum() > 0 else x - 1

def never(x):
    return -x if torch.sigmoid(x).max() > 2 else x

class Masked(torch.nn.Module):
    def forward(self, x, mask=None):
        return x if mask is None else x * mask

x = torch.ones(2, 3)
mask = torch.ones(2, 3)
model = Masked()
t = tracelab.trace(branch, x, probes=())
u = tracelab.trace(never, x, probes=())"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A page of a kernel in which things were traced; no extension is loaded: the first Trace began it."""
    with Kernel(tmp_path_factory.mktemp("ipython")) as kernel:
        assert "error" not in kernel.run(CELLS)
        yield Page(kernel)


@pytest.fixture
def ids(page: Page) -> dict[str, str]:
    """The Traces by their variables."""
    return {trace["name"]: trace["id"] for trace in page.ask("list")["listing"]["traces"]}


def said(page: Page, code: str) -> str:
    return page.kernel.run(code).get("stdout", "").strip()


# -- what lives ----------------------------------------------------------------------------------------------------


def test_the_list_has_traces_and_candidates_the_newest_first(page: Page) -> None:
    listing = page.ask("list")["listing"]
    assert [(t["name"], t["title"], t["look"], t["can_run"]) for t in listing["traces"]] == [
        ("u", "never", "warning", True), ("t", "branch", "warning", True),
    ]  # fmt: skip
    assert [(c["name"], c["type"], c["call"]) for c in listing["candidates"]] == [
        ("model", "Masked", "model(x, mask=mask)"), ("never", "function", "never(x)"),
        ("branch", "function", "branch(x)"),
    ]  # fmt: skip


def test_traces_are_told_alone_as_the_list_has_them(page: Page) -> None:
    listing = page.ask("traces")["listing"]
    assert listing == {**page.ask("list")["listing"], "candidates": [], "more": 0}


def test_findings_tell_their_place(page: Page, ids: dict[str, str]) -> None:
    (finding,) = page.ask("findings", trace=ids["t"])["findings"]
    assert (finding["rule"], finding["look"], finding["frozen"]) == ("data-dependent-branch", "warning", "True")
    assert (finding["place"], finding["source"]["lineno"]) == ("In [1]:5", 5)


def test_a_document_comes_whole_then_only_what_joined_it(page: Page, ids: dict[str, str]) -> None:
    reply, (whole,) = page.bytes_of("document", trace=ids["u"])
    known = reply["sent"]["revision"]
    assert reply["sent"]["whole"]
    assert b'"title":"never"' in gzip.decompress(whole)
    assert page.bytes_of("document", trace=ids["u"], known=known)[1] == []
    run = page.ask("rerun", trace=ids["u"])["run"]
    reply, (added,) = page.bytes_of("document", trace=ids["u"], known=known)
    assert reply["sent"] == {"revision": known + 1, "whole": False}
    assert f'"id":{run},'.encode() in gzip.decompress(added)


@pytest.mark.parametrize("known", [-1, 10**6, -(10**6)])
def test_a_revision_that_never_was_gets_the_whole(page: Page, ids: dict[str, str], known: int) -> None:
    reply, buffers = page.bytes_of("document", trace=ids["t"], known=known)
    assert reply["sent"]["whole"]
    assert len(buffers) == 1


def test_files_come_as_bytes(page: Page, ids: dict[str, str]) -> None:
    reply, (data,) = page.bytes_of("save", trace=ids["t"])
    assert (reply["filename"], document.parse(data).name) == ("branch.tracelab", "branch")
    reply, (data,) = page.bytes_of("report", trace=ids["t"])
    assert reply["filename"] == "branch.html"
    assert data.startswith(b"<!doctype html>")


# -- what is made --------------------------------------------------------------------------------------------------


def test_a_candidate_is_traced_with_progress_and_gets_a_name_of_its_own(page: Page) -> None:
    said(page, "branch_trace = 'mine'")
    name = page.send("trace", make="branch(x)")
    assert "branch(x)" in page.replied(name, "running")["content"]["data"]["call"]
    reply = page.end_of(name)
    assert reply["text"] == (
        "The variable branch_trace_2 holds the Trace. The one frozen behaviour makes the program wrong."
    )
    assert reply["call"] == "branch_trace_2 = %trace branch(x)"
    assert said(page, "print(branch_trace, branch_trace_2.id); del branch_trace_2") == f"mine {reply['trace']}"


def test_what_the_list_offers_can_be_made(page: Page) -> None:
    reply = page.ask("trace", make="model(x, mask=mask)")
    assert reply["state"] == "done"
    assert said(page, "print([i.name for i in model_trace.capture.inputs]); del model_trace") == "['x', 'mask']"


@pytest.mark.parametrize(
    ("make", "what"),
    [
        ("branch(gone)", "There is no variable 'gone' any more"),
        ("branch(x).sum()", "This is no call of names alone"),
        ("branch(*x)", "This is no call of names alone"),
        ("branch(**x)", "This is no call of names alone"),
        ("__import__('os').remove(x)", "This is no call of names alone"),
        ("branch(x if x else x)", "This is no call of names alone"),
        ("branch(", "This is no Python"),
        ("", "There is no call to trace"),
        ("x(x)", "An object of type Tensor cannot be called"),
        ("Masked(x)", "Masked is a class"),
        ("branch(x, x)", "The arguments do not fit"),
        ("(" * 3000, "This is no Python"),
    ],
)
def test_what_cannot_be_traced_is_said(page: Page, make: str, what: str) -> None:
    reply = page.ask("trace", make=make)
    assert reply["state"] == "failed"
    assert what in reply["problems"][0]["what"]


def test_making_can_be_cancelled(page: Page) -> None:
    said(page, "def slow(x):\n    while not hasattr(slow, 'goes_on'): pass\n    return x")
    name = page.send("trace", make="slow(x)")
    page.replied(name, "running")
    page.send("cancel", of=name)
    assert page.end_of(name)["state"] == "cancelled"
    assert said(page, "print('slow_trace' in dir()); del slow") == "False"


def test_a_search_can_be_cancelled(page: Page, ids: dict[str, str]) -> None:
    name = page.send("search", trace=ids["u"], seconds="500")
    page.replied(name, "running")
    page.send("cancel", of=name)
    assert page.end_of(name)["state"] == "cancelled"


def test_to_interrupt_the_kernel_ends_a_search(page: Page, ids: dict[str, str]) -> None:
    name = page.send("search", trace=ids["u"], seconds="500")
    page.replied(name, "running")
    page.kernel.interrupt()
    assert page.end_of(name)["state"] == "cancelled"


def test_the_form_and_its_call_are_those_of_the_trace(page: Page, ids: dict[str, str]) -> None:
    assert page.ask("form", trace=ids["u"])["form"]["call"] == "u.rerun()"
    filled = [{"id": "x", "fill": "variable", "text": "mask"}]
    assert page.ask("call", trace=ids["u"], fields=filled)["call"] == "u.rerun(mask)"
    assert page.ask("rerun", trace=ids["u"], fields=filled)["call"] == "u.rerun(mask)"


# -- what is told --------------------------------------------------------------------------------------------------


def test_the_end_of_each_cell_is_told_before_it_is_idle(page: Page) -> None:
    page.seen.clear()
    cell = page.kernel.start("1 + 1")
    page.until(lambda message: ends(message, cell))
    assert [told_in(message) for message in page.seen].count("executed") == 1


def ends(message: dict[str, Any], cell: str) -> bool:
    is_it = message["parent_header"].get("msg_id") == cell
    return is_it and message["content"].get("execution_state") == "idle"


@pytest.mark.parametrize(
    "code", ["v = tracelab.trace(branch, x, probes=())", "_ = t.rerun()", "v = None", "u.search(0.01);"]
)
def test_that_a_trace_came_changed_or_went_is_told(page: Page, code: str) -> None:
    cell = page.kernel.start(code)
    page.told("traces")
    page.kernel.reply(cell)


def test_a_trace_in_a_list_is_named_by_its_place(page: Page) -> None:
    said(page, "ts = [None, tracelab.trace(branch, x, probes=())]")
    (newest, *_) = page.ask("list")["listing"]["traces"]
    assert newest["name"] == "ts[1]"
    assert page.ask("rerun", trace=newest["id"])["call"] == "ts[1].rerun()"
    said(page, "del ts")


def test_a_trace_that_a_page_ran_again_still_goes(page: Page) -> None:
    said(page, "w = tracelab.trace(branch, x, probes=())")
    (name, *_) = [t["id"] for t in page.ask("list")["listing"]["traces"] if t["name"] == "w"]
    page.ask("rerun", trace=name)
    page.bytes_of("document", trace=name)
    said(page, "del w")
    page.told("traces")
    reply = page.ask("findings", trace=name)
    assert reply["problems"][0] == {
        "what": f"The kernel has no Trace '{name}'", "where": "", "part": "",
        "cure": "It is gone, or the kernel was restarted. Run its cell again.",
    }  # fmt: skip


# -- several pages, and bad ones -----------------------------------------------------------------------------------


def test_a_page_that_goes_ends_its_own_jobs_alone(page: Page, ids: dict[str, str]) -> None:
    other = Page(page.kernel)
    mine = page.send("search", trace=ids["u"], seconds="500")
    page.replied(mine, "running")
    theirs = other.send("search", trace=ids["t"], seconds="500")
    assert other.replied(theirs, "queued")["content"]["data"]["text"] == "another request is under way"
    page.send("cancel", of=theirs)  # of another page, which has ids of its own
    other.close()
    page.send("cancel", of=mine)
    assert page.end_of(mine)["state"] == "cancelled"
    assert page.ask("rerun", trace=ids["t"])["state"] == "done"


def test_the_line_that_a_page_closed_by_mistake_is_opened_for_the_next(page: Page) -> None:
    pushes = page.comms("tracelab")
    assert len(pushes) == 1
    page.close_comm(*pushes)
    other = Page(page.kernel)
    other.until(opened_push)
    assert len(page.comms("tracelab")) == 1
    other.close()


HOSTILE: tuple[Any, ...] = (
    None, 3, "text", [], [[]], {}, {"id": 7}, {"version": CHANNEL}, {"version": 99, "id": "h", "what": "list"},
    {"version": CHANNEL, "id": "h", "what": "format"}, {"version": CHANNEL, "id": "h", "what": ["list"]},
    {"version": CHANNEL, "id": "h", "what": "list", "more": 1}, {"version": CHANNEL, "id": "h", "what": "findings"},
    {"version": CHANNEL, "id": "h", "what": "document", "trace": "../../etc/passwd"},
    {"version": CHANNEL, "id": "h", "what": "document", "known": "1"},
    {"version": CHANNEL, "id": "h", "what": "trace", "make": "\x00\u202e"},
    {"version": CHANNEL, "id": "", "what": "trace", "make": "branch(x)"},
    {"version": CHANNEL, "id": "h", "what": "cancel", "of": "nothing"},
)  # fmt: skip


@pytest.mark.parametrize("message", HOSTILE, ids=lambda message: str(message)[-40:])
def test_whatever_comes_is_answered_and_logged_nowhere(page: Page, message: Any) -> None:
    page.seen.clear()
    page.raw(message)
    name = message["id"] if isinstance(message, dict) and isinstance(message.get("id"), str) else ""
    page.end_of(name)
    assert said(page, "print('alive')") == "alive"
    assert [m["content"] for m in page.seen if m["msg_type"] in ("stream", "error")] == []


# -- a kernel that is busy -----------------------------------------------------------------------------------------


@pytest.fixture
def beside(page: Page) -> Iterator[Page]:
    """A page whose requests come on a shell of their own, as JupyterLab's do."""
    shell = page.subshell_of_its_own()
    other = Page(page.kernel, shell)
    yield other
    other.close()
    page.end_subshell(shell)


def test_beside_a_cell_the_list_is_answered(page: Page, beside: Page, ids: dict[str, str]) -> None:
    cell = page.kernel.start("import time; print('begun', flush=True)\nwhile 'stop' not in dir(): time.sleep(0.01)")
    page.kernel.wait(cell, until="begun")
    began = time.monotonic()
    assert {t["id"] for t in beside.ask("list")["listing"]["traces"]} >= set(ids.values())
    assert beside.ask("findings", trace=ids["t"])["findings"] != []
    assert beside.bytes_of("document", trace=ids["t"])[1] != []
    assert time.monotonic() - began < SECONDS / 10
    name = beside.send("rerun", trace=ids["t"])
    assert beside.replied(name, "queued")["content"]["data"]["text"] == "the kernel is busy with a cell"
    beside.send("cancel", of=name)
    assert beside.end_of(name)["state"] == "cancelled"
    page.kernel.interrupt()
    page.kernel.wait(cell)


def test_beside_a_cell_that_waits_for_a_job_too(page: Page, beside: Page, ids: dict[str, str]) -> None:
    # A job speaks on the line with the context of the user's cells: what is asked next must not wait for those.
    name = beside.send("search", trace=ids["u"], seconds="500")
    beside.replied(name, "running")
    cell = page.kernel.start("print('now')")
    beside.until(lambda message: message["msg_type"] == "display_data")
    assert beside.ask("list")["state"] == "done"
    beside.send("cancel", of=name)
    assert beside.end_of(name)["state"] == "cancelled"
    assert page.kernel.outputs(page.kernel.wait(cell))["stdout"] == "now\n"


def test_names_that_come_and_go_meanwhile_do_no_harm(page: Page, beside: Page) -> None:
    changes = "globals()[f'n{n % 999}'] = n; globals().pop(f'n{(n + 7) % 999}', 0)"
    cell = page.kernel.start(f"print('begun', flush=True)\nfor n in range(10**9): {changes}")
    page.kernel.wait(cell, until="begun")
    states = {beside.ask("list")["state"] for _ in range(50)}
    page.kernel.interrupt()
    page.kernel.wait(cell)
    said(page, "for n in range(999): globals().pop(f'n{n}', 0)")
    assert states == {"done"}


# -- the extension -------------------------------------------------------------------------------------------------


def test_it_is_loaded_without_torch_unloaded_and_loaded_again(tmp_path: Any) -> None:
    with Kernel(tmp_path) as kernel:
        kernel.run("%load_ext tracelab\n%load_ext tracelab")
        page = Page(kernel)
        assert page.ask("list")["listing"] == {"traces": [], "candidates": [], "more": 0}
        assert page.ask("marks")["marked"] == []
        assert said(page, "import sys; print('torch' in sys.modules)") == "False"
        kernel.run("%unload_ext tracelab")
        assert (page.comms("tracelab"), page.comms(RPC)) == ([], [])
        kernel.run("import torch, tracelab\nt = tracelab.trace(lambda x: x, torch.ones(1), probes=())")
        assert page.comms("tracelab") == []  # the user has taken it out
        kernel.run("%load_ext tracelab")
        assert len(page.comms("tracelab")) == 1
        (trace,) = Page(kernel).ask("list")["listing"]["traces"]
        assert trace["name"] == "t"


def test_torch_that_a_cell_is_importing_is_waited_for_by_nobody(tmp_path: Any) -> None:
    with Kernel(tmp_path) as kernel:
        kernel.run("%load_ext tracelab\ndef f(x): return x")
        page = Page(kernel)
        beside = Page(kernel, page.subshell_of_its_own())
        cell = kernel.start("print('begun', flush=True); import torch")
        kernel.wait(cell, until="begun")
        replies: list[float] = []
        while not any(ends(message, cell) for message in beside.seen):
            began = time.monotonic()
            assert beside.ask("list")["listing"]["candidates"][0]["inputs"] == "There is no tensor in the kernel yet."
            replies.append(time.monotonic() - began)
        assert len(replies) > 2
        assert said(page, "print(torch.ones(1).sum().item())") == "1.0"


def test_after_a_restart_nothing_is_left_of_it(tmp_path: Any) -> None:
    with Kernel(tmp_path) as kernel:
        kernel.run("import torch, tracelab\nt = tracelab.trace(lambda x: x, torch.ones(1), probes=())")
        old = Page(kernel).ask("list")["listing"]["traces"][0]["id"]
        kernel.restart()
        kernel.run("%load_ext tracelab")
        page = Page(kernel)
        assert page.ask("list")["listing"]["traces"] == []
        assert page.ask("document", trace=old)["state"] == "failed"
