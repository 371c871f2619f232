from __future__ import annotations

import re

import pytest
from msgspec.structs import replace
from rich.cells import cell_len

from tests.renderers.samples import (
    FILE,
    GRAPH,
    HOSTILE,
    RUNS,
    SOURCE,
    capture,
    finding,
    held,
    place,
    proven,
    seen,
    stopped,
    witness,
)
from tracelab.renderers.text import render
from tracelab.schema import Capture, Input, OutputError, Run, SourceFile


def lines_of(*findings, width=100, **changes) -> list[str]:
    return render(capture(*findings, **changes), width=width).splitlines()


def underlined(source: str, start: int, end: int, width: int = 100) -> str:
    """What stands above the carets."""
    lines = lines_of(
        finding(source=place(1, start, end)), sources=(SourceFile(filename=FILE, text=source),), width=width
    )
    row = next(index for index, line in enumerate(lines) if "^" in line)
    left = cell_len(lines[row][: lines[row].index("^")])
    return in_columns(lines[row - 1], left, left + lines[row].count("^"))


def in_columns(line: str, left: int, right: int) -> str:
    return "".join(char for index, char in enumerate(line) if left <= cell_len(line[:index]) < right)


def test_a_finding_reads_like_a_compilers() -> None:
    assert "\n".join(lines_of(finding())[6:]) == (
        "warning[data-dependent-branch] unproven: `if` was decided once\n"
        " --> /models/net.py:2:8\n"
        "  |\n"
        "2 |     if x.sum() > 0:\n"
        "  |        ^^^^^^^^^^^ frozen: True\n"
        "...\n"
        "5 |         x = -x\n"
        "  |         ------ not run\n"
        "6 |         x = x * 2\n"
        "  |         --------- not run\n"
        "  |\n"
        "  = not run: lines 5 to 6\n"
        "  = computed from: the values of x; parameter linear.weight\n"
        "  = asked: Tensor.__bool__\n"
        "  = note: the capture ran once"
    )


def test_the_first_lines_say_what_was_captured() -> None:
    assert lines_of(finding())[:5] == [
        "The one frozen behaviour may make the program wrong; not proven yet",
        "  findings 1 unproven",
        "  model    models.Net, eval mode",
        "  backend  jit, torch 2.13.0",
        "  inputs   x: f32[2, 10]",
    ]


def test_the_headline_counts_what_is_wrong() -> None:
    lines = lines_of(proven(), proven(), proven(verdict="raises"), finding(), held(), finding(level="note"))
    assert lines[0] == "3 of 6 frozen behaviours make the program wrong"
    assert lines[1] == "  findings 2 diverge, 1 raises, 1 unproven, 1 holds, 1 note"


def test_notes_alone_are_no_reason_to_worry() -> None:
    assert (
        lines_of(finding(level="note"))[0] == "The one frozen behaviour can be reached by no input, as far as is known"
    )


@pytest.mark.parametrize(
    ("findings", "answer"),
    [
        ((held(),), "The one frozen behaviour held under every probe that could change it"),
        ((held(), held()), "Both frozen behaviours held under every probe that could change them"),
        (
            (held(), finding(level="note")),
            "1 of 2 frozen behaviours held under every probe that could change it; no input is known to reach the rest",
        ),
        ((finding(level="note"),) * 2, "None of 2 frozen behaviours can be reached by an input, as far as is known"),
        ((finding(), held()), "1 of 2 frozen behaviours may make the program wrong; not proven yet"),
    ],
)
def test_the_headline_says_what_is_known(findings, answer: str) -> None:
    assert lines_of(*findings)[0] == answer


def test_the_counts_are_the_last_line_where_something_is_wrong() -> None:
    assert lines_of(proven(), held())[-2:] == [
        "error: 1 diverges, 1 holds",
        "  diverges /models/net.py:2 data-dependent-branch",
    ]
    assert lines_of(proven())[-1] == "error: 1 diverges"
    assert "error:" not in "\n".join(lines_of(finding()))


def test_a_clean_capture_says_so() -> None:
    assert lines_of()[0] == "No frozen behaviour was seen"


def test_an_empty_capture_is_shown() -> None:
    assert "model    (without a name)" in render(Capture())


def test_a_capture_without_operations_is_not_called_clean() -> None:
    assert render(Capture()).startswith("Nothing was captured: no operation was recorded")


def test_a_partial_capture_says_where_and_why_it_stopped() -> None:
    text = render(stopped())
    assert text.startswith("Partial capture: up to where it stopped, no frozen behaviour was seen")
    assert "stopped while the function ran eagerly at /models/net.py:3:8: ValueError: no" in text
    assert "frozen: ValueError" not in text


def test_what_holds_and_notes_take_a_line_each() -> None:
    assert lines_of(finding(level="note"), held(), held(rule="state-read", tried=()))[6:] == [
        "note[data-dependent-branch] holds: /models/net.py:2 (frozen: True), 2 probes tried",
        "note[state-read] holds: /models/net.py:2 (frozen: True)",
        "",
        "note[data-dependent-branch] unproven: /models/net.py:2 (frozen: True)",
        "  --all (everything=True) shows each of them",
    ]


def test_many_of_them_take_a_line_a_rule() -> None:
    assert lines_of(*[held()] * 30, held(rule="state-read", tried=()))[6:] == [
        "note[data-dependent-branch] holds: 30 places, first at /models/net.py:2",
        "note[state-read] holds: /models/net.py:2 (frozen: True)",
        "  --all (everything=True) shows each of them",
    ]


def test_what_is_wrong_comes_first_and_whole_however_much_there_is() -> None:
    text = render(capture(*[finding()] * 40, *[proven()] * 20))
    assert text.count("error[") == 20
    assert text.rindex("error[") < text.index("warning[")
    assert text.count("  = note: the capture ran once") == 6
    assert "warning[data-dependent-branch] unproven: 34 places" in text


def test_everything_shows_each_note() -> None:
    text = render(capture(finding(level="note")), everything=True)
    assert "note[data-dependent-branch] unproven: `if` was decided once" in text
    assert "--all" not in text


def test_runs_are_counted_and_those_that_nothing_explains_are_told_apart() -> None:
    differs = OutputError(path="[0]", eager="f32[2]", captured="f32[2]", max_abs=0.25, agrees=False)
    runs = (
        *RUNS,
        Run(id=4, probe="check_inputs[0]", outcome="diverges", outputs=(differs,)),
        Run(id=5, probe="check_inputs[1]", outcome="captured_raises", error="RuntimeError: size"),
        Run(id=6, probe="check_inputs[2]", outcome="eager_raises", error="ValueError: no"),
    )
    assert lines_of(runs=runs)[4:] == [
        "  runs     7: eager and captured agree on 2, differ on 2, captured raises on 1, eager refuses 2",
        "           check_inputs[0]: eager and captured differ by 0.25 at output [0]",
        "           check_inputs[1]: the captured program raises where eager works: RuntimeError: size",
        "           check_inputs[2]: eager raises: ValueError: no",
    ]


def test_a_single_output_has_no_path() -> None:
    only = OutputError(path="", eager="3", captured="4", max_abs=1.0, agrees=False)
    text = render(capture(proven(witness=witness(outputs=(only,))), runs=(witness(outputs=(only,), blame=(), id=1),)))
    assert "  = output: eager 3, captured 4, apart by 1\n" in text
    assert "  x negated: eager and captured differ by 1\n" in text


def test_a_few_runs_that_agree_are_named() -> None:
    assert lines_of(runs=RUNS[:2])[4] == "  runs     eager and captured agree on the example inputs and x zeros"
    assert lines_of(runs=RUNS[:1] * 20)[4] == "  runs     eager and captured agree on all 20 probes"


def test_everything_lists_the_runs_and_what_explains_them() -> None:
    text = render(capture(proven(), runs=RUNS), everything=True)
    assert "  a second call: eager and captured differ, which data-dependent-branch at net.py:2 explains" in text


def test_a_witness_reads_from_the_change_to_the_snippet() -> None:
    lines = lines_of(proven(observations=(), reason="eager and captured disagree: x negated"))
    assert lines[lines.index("  |", 9) + 1 : -2] == [
        "  = witness: x negated (x: f32[2, 10]): eager and captured differ",
        "  = output: [0]: f32[2, 10] on both sides, apart by 0.25 (3.14 relative) at [0, 3]",
        "  = output: [2]: eager f32[2, 4], captured f32[2, 5]",
        "  = first differs: aten::linear in linear: eager f32[2, 10], -1 to 2, mean 0.1; captured f32[2, 10],",
        "                   -4 to 8, mean 0.4, 3 NaN",
        "  = reproduce: without TraceLab; `model` is what was traced",
        "    import torch",
        "",
        "    x = -torch.ones(2, 10)",
        "    if True:",
        "        print(model(x))",
    ]


def test_a_witness_that_raises_has_its_error() -> None:
    run = witness(outcome="captured_raises", error="RuntimeError: size\n7", outputs=(), along=(), first_divergence=None)
    text = render(capture(proven(verdict="raises", witness=run)))
    assert "the captured program raises where eager works" in text
    assert "  = error: RuntimeError: size 7" in text
    assert "first differs" not in text


def test_what_is_not_mended_says_why() -> None:
    lines = lines_of(finding(), left={"a": "no way to mend it is known"})
    assert "  left: a: no way to mend it is known" in lines


def test_where_the_first_difference_stands_is_the_users_line() -> None:
    nodes = [replace(node, stack=(0,)) if node.id == 3 else node for node in GRAPH.nodes]
    graph = replace(GRAPH, nodes=tuple(nodes), frames=(place(3, 12),))
    assert "aten::linear in linear at /models/net.py:3:13: eager" in render(capture(proven(), graphs=(graph,)))


def test_what_was_tried_is_said_by_outcome() -> None:
    text = render(capture(proven(), held(tried=(1, 2, 99)), runs=RUNS), everything=True)
    assert "  = tried: eager and captured agree on x zeros" in text
    assert "  = tried: they differ on a second call, which data-dependent-branch at net.py:2 explains" in text


def test_names_that_name_nothing_are_passed_over() -> None:
    run = witness(blame=("gone",), first_divergence=99)
    assert "first differs" not in render(capture(proven(witness=run), runs=(run,)), everything=True)


def test_what_a_library_asked_names_the_library_and_the_callers() -> None:
    inner = seen(inside="/lib/torch/functional.py", stack=(place(), place(7, 4)))
    text = render(capture(finding(count=3), observations=(inner,)))
    assert "= asked: Tensor.__bool__, inside /lib/torch/functional.py" in text
    assert "= called from: /models/net.py:7" in text
    assert "= passed: 3 times while capturing" in text


@pytest.mark.parametrize(
    ("source", "meant"),
    [
        ("if x.sum() > 0:", "x.sum() > 0"),
        ("\tif\tx.sum() > 0:", "x.sum() > 0"),
        ("日本 = '語' if x.sum() > 0 else 1", "x.sum() > 0"),
        ("z = 'e\u0301' if x.sum() > 0 else 1", "x.sum() > 0"),
        ("y = '\x1b[31m' if x.sum() > 0 else 1", "x.sum() > 0"),
        ("a" * 100_000 + " if x.sum() > 0 else " + "b" * 100_000, "x.sum() > 0"),
    ],
)
def test_the_caret_stands_under_what_is_meant(source: str, meant: str) -> None:
    start = source.index(meant)
    assert underlined(source, start, start + len(meant)) == meant


def test_wide_characters_get_two_carets_each() -> None:
    assert underlined("x = 日本(1)", 4, 6) == "日本"


def test_every_line_of_a_long_expression_is_marked() -> None:
    source = "x = call(\n    1,\n    2)\n"
    lines = lines_of(finding(source=place(1, 4, 6, 3)), sources=(SourceFile(filename=FILE, text=source),))
    assert [line.count("^") for line in lines if "^" in line] == [5, 2, 2]


@pytest.mark.parametrize("where", [place(99), place(2, 500, 600), place(2, 9, 3), place(0), place(2, -5, None), None])
def test_a_range_that_the_source_does_not_have_is_no_reason_to_fail(where) -> None:
    assert "frozen: True" in render(capture(finding(source=where)))


def test_missing_source_leaves_the_place_and_the_value() -> None:
    lines = lines_of(finding(), sources=())
    assert "  --> /models/net.py:2:8" in lines
    assert "   = frozen: True" in lines


def test_an_observation_that_is_not_there_is_passed_over() -> None:
    assert "computed from" not in render(capture(finding(observations=(7,))))


def test_nothing_of_the_users_text_acts_on_the_terminal() -> None:
    run = witness(probe=HOSTILE, error=HOSTILE, snippet=f"{HOSTILE}\r{HOSTILE}", inputs=(Input(name=HOSTILE, spec=""),))
    told = {"rule": HOSTILE, "message": HOSTILE, "reason": HOSTILE, "frozen": HOSTILE, "module": HOSTILE}
    claims = (proven(witness=run, **told), held(tried=(7,), **told))
    text = render(
        capture(
            *claims,
            name=HOSTILE,
            runs=(run,),
            sources=(SourceFile(filename=FILE, text=f"\n{HOSTILE}\x85\u2028\u2066"),),
        ),
        everything=True,
    )
    assert not {char for char in text if not char.isprintable()} - {"\n"}
    assert r"\x1b[31m\u202e\u200b\x00" in text


def test_colour_adds_escapes_and_changes_no_word() -> None:
    plain, coloured = (render(capture(finding()), colour=colour) for colour in (False, True))
    assert "\x1b[1;33m" in coloured
    assert "\x1b" not in plain
    words = re.sub(r"\x1b\[[\d;]*m", "", coloured)
    assert [line.rstrip() for line in words.splitlines()] == plain.splitlines()


@pytest.mark.parametrize("width", [1, 40, 60, 200])
def test_source_and_notes_keep_to_the_width(width: int) -> None:
    claim = finding(reason="word " * 100, source=place(1, 0, 5))
    sources = (SourceFile(filename=FILE, text="日" * 500),)
    lines = lines_of(claim, sources=sources, width=width, observations=())
    assert max(cell_len(line) for line in lines if " | " in line or " = " in line) <= max(width, 40)


def test_names_of_a_hundred_kilobytes_stay_small() -> None:
    long = "n" * 100_000
    assert len(render(capture(finding(message=long, module=long, frozen=long), name=long))) < 5_000


def test_windows_line_ends_and_form_feeds_do_not_shift_lines() -> None:
    text = SOURCE.replace("\n", "\r\n").replace("def", "\x0cdef")
    assert "2 |     if x.sum() > 0:" in render(capture(finding(), sources=(SourceFile(filename=FILE, text=text),)))


def test_the_text_does_not_depend_on_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    before = render(capture(finding()), colour=True)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("COLUMNS", "20")
    assert render(capture(finding()), colour=True) == before
