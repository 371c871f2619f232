"""What all rules share: a rule looks at one Observation and makes a Claim, or stays silent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import ModuleType
from typing import Literal

from tracelab.format import joined
from tracelab.schema import Level, Observation, Run, SourceRange, Stop, Verdict
from tracelab.source import slashed

Reach = Literal["values", "sizes", "random", "parameters", "nothing"]

SECTIONS = ("What it finds", "Why it matters", "Example", "Instead", "Limits")

NOT_TRIED = "not tried: the capture ran once; other inputs may decide otherwise"
NO_INPUT = "no input reaches it: only another value of {} would change it"
ARRAYS = ("numpy", "__array__", "__dlpack__")
"""Conversions that hand all elements to another library."""
EXAMPLE = "the example inputs"
"""The probe of the Run that compares both sides on what was traced."""
GIVEN = "inputs that were given"
"""The probe of a Run on the user's own inputs."""
ASKED = "rerun"
"""The axis of the Runs that the user asks for."""

BRANCHES = ("if", "elif", "assert", "ternary", "and", "or", "not", "comprehension-if", "match")
LOOPS = ("for", "while", "comprehension")


@dataclass(frozen=True)
class Claim:
    """What a rule says of an Observation."""

    message: str
    level: Level = "warning"
    verdict: Verdict = "unproven"
    reason: str = NOT_TRIED
    witness: Run | None = None


@dataclass(frozen=True)
class Facts:
    """What is known of the whole capture."""

    runs: tuple[Run, ...] = ()
    stop: Stop | None = None
    lines: frozenset[tuple[str, int]] = frozenset()
    """The files and lines where something else than a warning of the tracer was seen."""


@dataclass(frozen=True)
class RuleHelp:
    """The documentation of a rule, read from its docstring."""

    rule: str
    summary: str
    sections: dict[str, str]


def help_of(module: ModuleType) -> RuleHelp:
    """Read the docstring of a rule's module: a summary, then the fixed headings."""
    lines = (module.__doc__ or "").strip().splitlines()
    sections: dict[str, list[str]] = {}
    for line in lines[1:]:
        if line.strip() in SECTIONS:
            sections[line.strip()] = []
        elif sections:
            sections[next(reversed(sections))].append(re.sub(r"^ {4}", "", line))
    return RuleHelp(
        module.RULE,
        lines[0].strip() if lines else "",
        {name: "\n".join(text).strip() for name, text in sections.items()},
    )


def reach_of(observation: Observation) -> Reach:
    """What can change the value that was asked."""
    origin = observation.origin
    if origin is not None and origin.values:
        return "values"
    if origin is not None and origin.random:
        return "random"
    if origin is not None and origin.shapes:
        return "sizes"
    return "parameters" if observation.parameters or (origin is not None and origin.parameters) else "nothing"


def source_text(observation: Observation) -> str:
    """`the values of x`, `the size of x and mask`, `the parameter fc.weight`."""
    origin = observation.origin
    if origin is not None and origin.values:
        return f"the values of {joined(origin.values)}"
    if origin is not None and origin.random:
        return "a random draw"
    if origin is not None and origin.shapes:
        return f"the size of {joined(origin.shapes)}"
    names = observation.parameters or (origin.parameters if origin is not None else ())
    return f"the parameter {joined(names, 2)}" if names else "values that are fixed"


def is_inside_torch(observation: Observation) -> bool:
    """Whether torch's own code asked, as its modules do to check their arguments."""
    return "/torch/" in slashed(observation.inside)


def is_branch(observation: Observation) -> bool:
    """Whether the answer chose which code ran."""
    asked = observation.asked.rpartition(".")[2]
    return observation.syntax in BRANCHES or asked in (
        "__bool__",
        "equal",
        "allclose",
        "is_nonzero",
        "_assert",
        "__contains__",
    )


def is_loop(observation: Observation) -> bool:
    """Whether the answer says how often code runs."""
    return observation.syntax in LOOPS


def conversion(observation: Observation, branch: str, loop: str, scalar: str) -> str | None:
    """Which of three rules speaks of a conversion; None where it is none, or a text that is only shown."""
    if observation.kind != "conversion":
        return None
    name = observation.asked.rpartition(".")[2]
    if name in ARRAYS and reach_of(observation) != "sizes":
        return None
    if is_loop(observation) and name != "tolist":
        return loop
    return branch if is_branch(observation) else scalar


def decision_claim(observation: Observation, what: str) -> Claim:
    """A claim about a value that Python took out of the graph.

    Args:
        observation: the question.
        what: what happened, as `the branch taken`.
    """
    origin = source_text(observation)
    reach = reach_of(observation)
    if reach in ("parameters", "nothing"):
        return Claim(f"{what} depends on {origin}", "note", reason=NO_INPUT.format(origin))
    harmless = is_inside_torch(observation) or (observation.guard and reach == "sizes")
    reason = "a check: on other inputs eager may raise where the program goes on" if observation.guard else NOT_TRIED
    return Claim(f"{what} depends on {origin}", "note" if harmless else "warning", reason=reason)


def as_text(claim: Claim) -> Claim:
    """A claim about a value that became text, which matters only where Python goes on with the text."""
    return Claim(claim.message, "note", claim.verdict, "it was turned into text; harmless where the text is only shown")


def property_claim(observation: Observation, what: str, always: bool = True) -> Claim:
    """A claim about a property that Python read from a tensor.

    Args:
        observation: the read.
        what: the property, as `the dtype`.
        always: whether it is a warning also where it only goes into another call.
    """
    reach, asked = reach_of(observation), observation.asked
    message = f"{what} was read ({asked} gave {observation.value}), and what follows from it is fixed"
    if reach in ("parameters", "nothing"):
        return Claim(message, "note", reason=NO_INPUT.format(source_text(observation)))
    steers = observation.syntax in BRANCHES or observation.called in ("finfo", "iinfo")
    harmless = observation.guard or is_inside_torch(observation) or not (steers or always)
    return Claim(message, "note" if harmless else "warning")


def decided(observation: Observation) -> str:
    """What was decided: `` `if` ``, or a condition where the syntax says no more."""
    return f"`{observation.syntax}`" if observation.syntax in BRANCHES else "a condition"


def proof_of(observation: Observation, facts: Facts) -> Run:
    """The Run that an observation was made of."""
    return next(run for run in facts.runs if str(run.id) == observation.detail)


def discovered(message: str, proof: Run) -> Claim:
    """A claim about what a Run has shown, and nobody had foreseen."""
    verdict = "diverges" if proof.outcome == "diverges" else "raises"
    return Claim(message, "error", verdict, f"tried on {proof.probe}", proof)


def warned(observation: Observation, facts: Facts, about: str) -> Claim | None:
    """A claim about a warning of the tracer's that nothing else explains: torch's own code made a Python value.

    Args:
        observation: the warning.
        facts: says at which lines something else was seen.
        about: whether it speaks of a `boolean`, or of `other` values.
    """
    place = observation.source
    speaks = ("boolean" in observation.asked) == (about == "boolean")
    if "registered as constants" in observation.asked:
        return None  # `constant-tensor` tells those of literals from the others
    if observation.kind != "tracer-warning" or not speaks or place_of(place) in facts.lines:
        return None
    return Claim(
        f"the tracer warned: {observation.asked}",
        reason="torch's own code asked; what the answer depends on is not known",
    )


def place_of(source: SourceRange | None) -> tuple[str, int]:
    """The file and the line; what torch's own module does when it is traced by itself has neither."""
    return (source.filename, source.lineno) if source is not None else ("", 0)


def parts_claim(observation: Observation) -> Claim:
    """A claim about a list of tensors that Python went through."""
    parts = f"{observation.asked} gave {observation.value} parts, and Python handled each"
    return Claim(f"{parts}: how many depends on {source_text(observation)}")


def is_suspect(observation: Observation) -> bool:
    """Whether what was seen can make eager and captured part on the inputs that were traced."""
    return (
        observation.asked == "torch.jit.is_tracing"
        or observation.kind in ("reseed", "generator", "lost-write", "memory")
        or (observation.kind == "conversion" and observation.detail == "lost")
    )
