"""What a page may ask of a Trace, and that each request gets an end, in words."""

from __future__ import annotations

import functools
import json
import queue
import sys
import time
from typing import Any

import pytest
import torch
from torch import nn

import tracelab
from tracelab.format import SHORT_DTYPES
from tracelab.jupyter.channel import Channel
from tracelab.jupyter.jobs import Jobs
from tracelab.wire import CHANNEL

SECONDS = 60


class Model(nn.Module):
    """A loop, a branch that no input reaches, and nested inputs."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 4)

    def forward(self, x: torch.Tensor, parts: dict[str, torch.Tensor], ids: torch.Tensor) -> torch.Tensor:
        for _ in range(x.shape[0]):
            x = self.linear(x)
        if torch.sigmoid(x).max() > 2:
            x = -x
        return x + parts["a"] + ids.sum()

    def encode(self, x: torch.Tensor) -> torch.Tensor:
        return x + 1 if x.sum() > 0 else x - 1


def inputs() -> tuple[Any, ...]:
    return torch.ones(2, 4), {"a": torch.ones(4), "b": torch.ones(1)}, torch.tensor([1, 5])


class Page:
    """The other end of a channel."""

    def __init__(self, trace: tracelab.Trace, **variables: Any) -> None:
        self.trace, self.jobs = trace, Jobs()
        self.replies: queue.Queue[dict[str, Any]] = queue.Queue()
        self.channel = Channel(trace, self.hear, self.jobs, lambda: variables)

    def hear(self, reply: dict[str, Any]) -> None:
        """As it comes over a wire."""
        self.replies.put(json.loads(json.dumps(reply)))

    def send(self, what: str, **parts: Any) -> None:
        self.channel.receive({"version": CHANNEL, "id": "1", "what": what, **parts})

    def until(self, *states: str) -> dict[str, Any]:
        while True:
            reply = self.replies.get(timeout=SECONDS)
            if reply["state"] in states:
                return reply

    def ask(self, what: str, **parts: Any) -> dict[str, Any]:
        self.send(what, **parts)
        return self.until("done", "failed", "cancelled")

    def fill(self, what: str = "rerun", **parts: Any) -> dict[str, Any]:
        """With one field filled in."""
        return self.ask(what, fields=[{"id": "x", **parts}])

    def problem(self, **parts: Any) -> dict[str, Any]:
        reply = self.fill(**parts)
        assert reply["state"] == "failed"
        (problem,) = reply["problems"]
        assert problem["where"] == "x"
        return problem


@functools.cache
def traced() -> tracelab.Trace:
    return tracelab.trace(Model().eval(), inputs(), probes=())


@pytest.fixture
def page() -> Page:
    return Page(traced(), model_trace=traced(), v=torch.ones(3, 4), _hidden=torch.ones(1), n=3)


# -- the form ----------------------------------------------------------------------------------------------------


def test_the_form_has_a_field_for_each_tensor(page: Page) -> None:
    form = page.ask("form")["form"]
    (method,) = form["methods"]
    assert [(field["id"], field["spec"]) for field in method["fields"]] == [
        ("x", "f32[2, 4]"), ("parts['a']", "f32[4]"), ("parts['b']", "f32[1]"), ("ids", "i64[2]"),
    ]  # fmt: skip
    assert method["fields"][0]["filled"] == {
        "id": "x", "shape": "2, 4", "dtype": "float32", "fill": "example", "text": "", "seed": "",
    }  # fmt: skip
    assert [name for name, _ in form["modes"]] == ["", "train", "eval"]
    assert form["call"] == "model_trace.rerun()"


def test_the_form_offers_what_makes_sense_for_a_dtype(page: Page) -> None:
    form = page.ask("form")["form"]
    fills = {dtype["name"]: dtype["fills"] for dtype in form["dtypes"]}
    assert "normal" in fills["float16"]
    assert "ids" not in fills["float16"]
    assert fills["int64"][:2] == ["example", "ids"]
    assert "coins" in fills["bool"]
    assert form["methods"][0]["fields"][3]["ranges"]["ids"] == "0..6"


def test_the_user_s_tensors_are_offered(page: Page) -> None:
    (method,) = page.ask("form")["form"]["methods"]
    assert method["fields"][0]["variables"] == [{"name": "v", "spec": "f32[3, 4]"}]


def test_a_function_has_no_mode_and_each_method_has_its_fields() -> None:
    assert Page(tracelab.trace(lambda x: x + 1, torch.ones(2), probes=())).ask("form")["form"]["modes"] == []
    two = tracelab.trace_module(Model(), {"forward": inputs(), "encode": torch.ones(3)}, probes=())
    methods = Page(two).ask("form")["form"]["methods"]
    assert [(method["name"], len(method["fields"])) for method in methods] == [("forward", 4), ("encode", 1)]


# -- the call ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filled", "text"),
    [
        ({"fill": "example"}, ""),
        ({"fill": "zeros", "shape": "3,4", "dtype": "float32"}, "torch.zeros(3, 4), ..., ..."),
        ({"fill": "ones", "shape": "", "dtype": "float32"}, "torch.ones(()), ..., ..."),
        ({"fill": "ones", "shape": "(3, )", "dtype": "bool"}, "torch.ones(3, dtype=torch.bool), ..., ..."),
        (
            {"fill": "normal", "shape": "3, 4", "dtype": "float64", "seed": "7"},
            "torch.randn(3, 4, generator=torch.Generator().manual_seed(7), dtype=torch.float64), ..., ...",
        ),
        ({"fill": "uniform", "shape": "2", "dtype": "float32", "text": "-1 .. 3"}, "torch.rand(2) * 4 - 1, ..., ..."),
        ({"fill": "ids", "shape": "2", "dtype": "int32", "text": "0..9"},
         "torch.randint(0, 9, (2,), dtype=torch.int32), ..., ..."),
        ({"fill": "arange", "shape": "2, 4", "dtype": "float32"},
         "torch.arange(8, dtype=torch.float32).reshape(2, 4), ..., ..."),
        ({"fill": "coins", "shape": "2, 4", "dtype": "bool"}, "torch.randint(0, 2, (2, 4)).bool(), ..., ..."),
        ({"fill": "zeros", "shape": "2", "dtype": "uint16"}, "torch.zeros(2).to(torch.uint16), ..., ..."),
        ({"fill": "variable", "text": "v"}, "v, ..., ..."),
        ({"fill": "expression", "text": " v * 2 "}, "v * 2, ..., ..."),
    ],
)  # fmt: skip
def test_the_call_is_python_that_makes_it(page: Page, filled: dict[str, str], text: str) -> None:
    call = page.fill("call", **filled)["call"]
    assert call == f"model_trace.rerun({text})"
    assert page.fill(**filled)["state"] == "done"
    made = traced().capture.runs[-1].inputs
    assert eval(call, {"torch": torch, "model_trace": traced(), "v": torch.ones(3, 4)})
    assert [given.spec for given in traced().capture.runs[-1].inputs] == [given.spec for given in made]


def test_shape_and_dtype_are_what_was_asked_for(page: Page) -> None:
    for fill, dtype in (("arange", "float32"), ("arange", "bfloat16"), ("ids", "int8"), ("normal", "float16")):
        page.fill(fill=fill, shape="3, 4", dtype=dtype, text="0..3")
        assert traced().capture.runs[-1].inputs[0].spec == f"{SHORT_DTYPES[dtype]}[3, 4]"


def test_a_leaf_stands_in_its_place(page: Page) -> None:
    zeros = {"id": "parts['b']", "fill": "zeros", "shape": "1", "dtype": "float32"}
    reply = page.ask("rerun", fields=[zeros], mode="train", calls="2", seed="0")
    text = "..., {'a': ..., 'b': torch.zeros(1)}, ..., mode=\"train\", calls=2, seed=0"
    assert reply["call"] == f"model_trace.rerun({text})"
    assert reply["state"] == "done"


def test_a_trace_that_nobody_named_is_called_t() -> None:
    page = Page(tracelab.trace(lambda x: x + 1, torch.ones(2), probes=()))
    assert page.ask("call")["call"] == "t.rerun()"


def test_keywords_are_given_by_name() -> None:
    trace = tracelab.trace(lambda x, y: x + y, example_kwarg_inputs={"x": torch.ones(2), "y": torch.ones(2)}, probes=())
    ones = {"id": "y", "fill": "ones", "shape": "1", "dtype": "float32"}
    reply = Page(trace, t=trace).ask("rerun", fields=[ones])
    assert reply["call"] == "t.rerun(kwargs={'x': ..., 'y': torch.ones(1)})"
    assert [given.spec for given in trace.capture.runs[-1].inputs] == ["f32[2]", "f32[1]"]


def test_gradients_are_asked_of_what_stands_in_for_one_that_has_them() -> None:
    trace = tracelab.trace(lambda x: x * 2, torch.ones(2, requires_grad=True), probes=())
    call = Page(trace, t=trace).fill("call", fill="uniform", shape="2", dtype="float32", text="0..2")["call"]
    assert call == "t.rerun((torch.rand(2) * 2).requires_grad_())"


# -- running -----------------------------------------------------------------------------------------------------


def test_a_run_is_made_and_named(page: Page) -> None:
    before = len(traced().capture.runs)
    reply = page.fill(fill="ones", shape="3, 4", dtype="float32")
    assert reply["text"] == f"Run {reply['run']}: the captured program gives another answer than eager."
    assert len(traced().capture.runs) == before + 1
    assert traced().capture.runs[-1].id == reply["run"]
    assert reply["problems"] == []


def test_what_the_page_is_told_on_the_way(page: Page) -> None:
    page.send("rerun")
    states = [page.replies.get(timeout=SECONDS)["state"] for _ in range(3)]
    assert states == ["queued", "running", "done"]


def test_while_a_cell_runs_it_is_queued_and_says_why(page: Page) -> None:
    page.jobs.cell_begins()
    page.send("rerun")
    reply = page.replies.get(timeout=SECONDS)
    assert (reply["state"], reply["text"]) == ("queued", "the kernel is busy with a cell")
    page.jobs.cell_ends()
    assert page.until("done")


def test_a_search_tells_what_it_tries_and_can_be_cancelled(page: Page) -> None:
    page.send("search", seconds="600")
    reply = page.until("running")
    while reply["part"] is None:
        reply = page.until("running")
    assert "values that change the answer at" in reply["text"]
    page.channel.receive({"version": CHANNEL, "id": "2", "what": "cancel", "of": "1"})
    ended = page.until("cancelled")
    assert (ended["id"], ended["text"][:10]) == ("1", "Cancelled.")
    assert page.fill(fill="ones", shape="2, 4", dtype="float32")["state"] == "done"


def test_a_search_says_what_it_found() -> None:
    trace = tracelab.trace(lambda x: x + 1 if x.sum() > 0 else x - 1, torch.ones(2), probes=())
    reply = Page(trace, t=trace).ask("search", seconds="1")
    assert (reply["text"], reply["call"]) == ("1 finding more is proven.", "t.search(seconds=1)")
    assert trace.findings[0].verdict == "diverges"


# -- what is wrong -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filled", "part", "what"),
    [
        ({"fill": "zeros", "shape": "2, x", "dtype": "float32"}, "shape", "'x' is no size"),
        ({"fill": "zeros", "shape": "2,, 3", "dtype": "float32"}, "shape", "A size is missing"),
        ({"fill": "zeros", "shape": "-2", "dtype": "float32"}, "shape", "'-2' is no size"),
        ({"fill": "zeros", "shape": "999999999, 999999999", "dtype": "int8"}, "shape", "GB may be used"),
        ({"fill": "zeros", "dtype": "float33"}, "dtype", "no dtype 'float33'"),
        ({"fill": "zeros", "dtype": "nn"}, "dtype", "no dtype 'nn'"),
        ({"fill": "normal", "dtype": "int64"}, "fill", "int64 cannot be filled like this"),
        ({"fill": "prayers"}, "fill", "no way to fill called 'prayers'"),
        ({"fill": "uniform", "dtype": "float32", "text": "1..0"}, "text", "'1..0' is no range"),
        ({"fill": "ids", "dtype": "int64", "text": "0..1.5"}, "text", "'0..1.5' is no range"),
        ({"fill": "normal", "dtype": "float32", "seed": "x"}, "seed", "'x' is no seed"),
        ({"fill": "expression", "text": "torch.ones(2"}, "text", "This is no Python expression"),
        ({"fill": "expression", "text": ""}, "text", "There is no expression"),
        ({"fill": "expression", "text": "missing + 1"}, "text", "NameError: name 'missing' is not defined"),
        ({"fill": "expression", "text": "1 / 0"}, "text", "ZeroDivisionError: division by zero"),
        ({"fill": "expression", "text": "n"}, "text", "This is 3, and no tensor"),
        ({"fill": "variable", "text": "gone"}, "text", "NameError: name 'gone' is not defined"),
    ],
)  # fmt: skip
def test_an_error_names_the_part_of_the_field(page: Page, filled: dict[str, str], part: str, what: str) -> None:
    problem = page.problem(**filled)
    assert problem["part"] == part
    assert what in problem["what"]
    assert problem["cure"].endswith(".")


@pytest.mark.parametrize(
    ("what", "parts", "where"),
    [
        ("rerun", {"calls": "0"}, "calls"),
        ("rerun", {"calls": "1e3"}, "calls"),
        ("rerun", {"seed": "-1"}, "seed"),
        ("rerun", {"mode": "sleep"}, "mode"),
        ("call", {"method": "decode"}, "method"),
        ("search", {"seconds": "soon"}, "seconds"),
        ("search", {"seconds": "nan"}, "seconds"),
        ("search", {"seconds": "1e9"}, "seconds"),
    ],
)
def test_an_option_that_cannot_be_read(page: Page, what: str, parts: dict[str, str], where: str) -> None:
    reply = page.ask(what, **parts)
    assert (reply["state"], [problem["where"] for problem in reply["problems"]]) == ("failed", [where])


def test_all_that_is_wrong_is_told_at_once(page: Page) -> None:
    wrong = [{"id": name, "fill": "zeros", "shape": "?"} for name in ("x", "ids")]
    reply = page.ask("rerun", fields=wrong, calls="x")
    assert [problem["where"] for problem in reply["problems"]] == ["calls", "x", "ids"]


def test_a_field_that_the_call_has_not(page: Page) -> None:
    reply = page.ask("rerun", fields=[{"id": "zebra", "fill": "zeros"}])
    assert "takes no 'zebra'" in reply["problems"][0]["what"]


def test_a_trace_without_a_program_says_why() -> None:
    reply = Page(tracelab.trace(lambda x: {"a": x, "b": 1}, torch.ones(2))).ask("form")
    assert reply["state"] == "failed"
    assert "no program to run again, as the capture stopped" in reply["problems"][0]["what"]


@pytest.mark.parametrize(
    "message",
    [
        None, 3, [], {}, {"version": CHANNEL}, {"version": CHANNEL, "id": 3, "what": "form"},
        {"version": CHANNEL, "id": "1", "what": "explode"},
        {"version": CHANNEL, "id": "1", "what": "rerun", "fields": [1]},
        {"version": CHANNEL, "id": "1", "what": "form", "more": 1},
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_answered(page: Page, message: object) -> None:
    page.channel.receive(message)
    reply = page.replies.get(timeout=SECONDS)
    assert reply["state"] == "failed"
    assert "This request cannot be read" in reply["problems"][0]["what"]


@pytest.mark.parametrize("version", [CHANNEL + 1, 0, "1", None])
def test_another_version_is_told_so(page: Page, version: object) -> None:
    page.channel.receive({"version": version, "id": "9", "what": "unheard of", "fields": 3})
    reply = page.replies.get(timeout=SECONDS)
    assert (reply["id"], reply["state"]) == ("9", "failed")
    (problem,) = reply["problems"]
    assert problem["what"] == "This page was made by another version of TraceLab"
    assert "Run the cell again" in problem["cure"]


def test_an_id_that_is_under_way_is_refused(page: Page) -> None:
    page.jobs.cell_begins()
    page.send("rerun")
    assert page.until("queued")
    assert "under way" in page.ask("rerun")["problems"][0]["what"]
    page.jobs.cell_ends()
    assert page.until("done")


def test_to_cancel_what_has_ended_does_nothing(page: Page) -> None:
    assert page.ask("cancel", of="7")["text"] == "It has ended already."


def test_a_page_that_is_gone_ends_nothing_else() -> None:
    def send(reply: dict[str, Any]) -> None:
        raise OSError("no page")

    trace = tracelab.trace(lambda x: x + 1, torch.ones(2), probes=())
    jobs, before = Jobs(), len(trace.capture.runs)
    channel = Channel(trace, send, jobs, dict)
    channel.receive({"version": CHANNEL, "id": "1", "what": "rerun"})
    page = Page(trace)
    page.jobs = jobs
    page.channel = Channel(trace, page.hear, jobs, dict)
    assert page.ask("rerun")["state"] == "done"
    assert len(trace.capture.runs) == before + 2


def test_wherever_it_is_cancelled_the_next_run_works(page: Page) -> None:
    streams, weights = (sys.stdin, sys.stdout, sys.stderr), traced().func.linear.weight
    for number in range(60):
        page.channel.receive({"version": CHANNEL, "id": f"r{number}", "what": "rerun"})
        page.until("running")
        time.sleep(number / 20_000)  # to meet it at another place each time
        page.channel.receive({"version": CHANNEL, "id": "c", "what": "cancel", "of": f"r{number}"})
        ended = {page.until("done", "cancelled")["id"], page.until("done", "cancelled")["id"]}
        assert ended == {"c", f"r{number}"}
    assert page.ask("rerun")["state"] == "done"
    assert traced().rerun().outcome == "agrees"  # here, in another thread
    assert (sys.stdin, sys.stdout, sys.stderr) == streams
    assert traced().func.linear.weight is weights
