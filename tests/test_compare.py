"""Two backends side by side: what freezes in the one and not in the other."""

from __future__ import annotations

import msgspec
import pytest
import torch

import tracelab
from tests.backends.exporting import Counting, Deciding, Sized, line_of
from tracelab.comparison import Place, Side, fate_of
from tracelab.errors import UsageError
from tracelab.pair import Comparison
from tracelab.schema import Finding, SourceRange

X = torch.arange(12.0).reshape(4, 3) / 6 - 1


def at(comparison: Comparison, line: int) -> Place:
    """The place on a line."""
    return next(place for place in comparison.places if place.source and place.source.lineno == line)


def test_a_size_freezes_in_the_trace_and_is_guarded_by_the_export() -> None:
    found = tracelab.trace(Sized(), X).compare()
    place = at(found, line_of(Sized, "x.shape[0]"))
    assert (place.first_fate, place.second_fate) == ("wrong", "refused")
    assert found.only("first") == (place,)
    assert found.only("second") == ()
    assert [(check.whose, check.here, check.there) for check in found.checked] == [
        ("first", "diverges", "captured_refuses")
    ]


def test_what_to_write_exports_and_takes_other_sizes() -> None:
    found = tracelab.trace(Sized(), X).compare()
    assert "torch.export.Dim.AUTO" in found.dynamic_shapes
    names = {"torch": torch, "model": Sized(), "x": X}
    exec(found.to_write, names)
    program = names["program"]
    assert isinstance(program, torch.export.ExportedProgram)
    assert program.module()(torch.ones(9, 3)).shape == (9, 3)


def test_state_freezes_in_both_and_each_witness_holds_against_the_other() -> None:
    found = tracelab.trace(Counting(), X).compare()
    assert at(found, line_of(Counting, "self.calls += 1")).first_fate == "wrong"
    assert at(found, line_of(Counting, "self.calls += 1")).second_fate == "wrong"
    assert {check.there for check in found.checked} == {"diverges"}
    assert {check.whose for check in found.checked} == {"first", "second"}
    assert any("self.calls" in text for text in found.left)


def test_from_export_to_jit() -> None:
    found = tracelab.trace(Deciding(), X, backend="export").compare(backend="jit")
    assert (found.first.backend, found.second.backend) == ("export", "jit")
    assert not found.first.program
    place = at(found, line_of(Deciding, "if x.sum()"))
    assert (place.first_fate, place.second_fate) == ("refused", "wrong")


def test_a_refusal_stays_open() -> None:
    found = tracelab.trace(Deciding(), X).compare()
    assert found.second.stop is not None
    assert found.left[0].startswith("export refuses to capture it")


def test_a_trace_that_is_there_is_compared_with() -> None:
    model = Sized()
    first, second = tracelab.trace(model, X), tracelab.trace(model, X, backend="export")
    assert first.compare(second).first.backend == "jit"
    assert second.compare(first).first.backend == "export"


def test_the_findings_of_both_stay_as_they_are() -> None:
    trace = tracelab.trace(Sized(), X)
    before = trace.capture
    trace.compare()
    assert trace.capture is before


def test_wrong_use() -> None:
    trace = tracelab.trace(Sized(), X, probes=())
    with pytest.raises(UsageError, match="itself"):
        trace.compare(backend="jit")
    with pytest.raises(UsageError, match="different functions"):
        trace.compare(tracelab.trace(Sized(), X, probes=()))
    with pytest.raises(UsageError, match="no backend"):
        trace.compare(backend="onnx")


def test_a_comparison_is_plain_data() -> None:
    found = tracelab.trace(Sized(), X).compare()
    text = msgspec.json.encode(found)
    assert msgspec.json.decode(text, type=Comparison) == found


def test_the_summary_says_who_freezes_what() -> None:
    source = SourceRange(filename="net.py", lineno=3, end_lineno=3)
    place = Place(source=source, rules=("state-read",), first_fate="wrong", second_fate="refused")
    side = Side(backend="jit")
    text = Comparison(name="Net", first=side, second=Side(backend="export"), places=(place,)).summary()
    assert "* net.py:3  jit: frozen, proven; export: refused, loudly  (state-read)" in text
    assert "* freezes in one of the two alone" in text


def test_the_worst_claim_is_a_places_fate() -> None:
    def finding(verdict: str) -> Finding:
        return msgspec.convert(
            {"id": "a", "rule": "r", "verdict": verdict, "level": "note", "message": ""}, type=Finding
        )

    assert fate_of(()) == ""
    assert fate_of((finding("holds"), finding("guarded"))) == "refused"
    assert fate_of((finding("unproven"), finding("raises"), finding("holds"))) == "wrong"
