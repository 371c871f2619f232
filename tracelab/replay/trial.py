"""One finding while it is being tried: which Runs changed what it depends on, and which of them proves it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from msgspec.structs import replace

from tracelab.detectors.base import BRANCHES, reach_of
from tracelab.format import plural
from tracelab.replay.stage import Result
from tracelab.schema import Finding, Observation, Run

_NAMES_AND_TEXTS = ("__format__", "__repr__", "__hash__")
ENOUGH = 3
"""So many agreeing Runs that changed the answer are taken for an acquittal."""


_DIRECT = ("state-read", "outside-read", "ambient-read", "gradient", "input-structure")
"""Kinds of which a Probe changes the very answer."""
_STATE = ("state-read", "state-write", "lost-write")
_STATE_NAME = re.compile(r"^next\(|\.\w+\(.*$|\[.*$|\)$| =$")
"""What surrounds the name in the text of a read or a write: `self.past.append(k)`."""


@dataclass
class Trial:
    """A finding, the Runs that concern it, and what they say."""

    finding: Finding
    seen: tuple[Observation, ...]
    """Its observations."""
    witness: Result | None = None
    held: dict[int, frozenset[int]] = field(default_factory=dict[int, frozenset[int]])
    """The ids of the Runs that changed its answer, or what it depends on, and agreed; with all that changed in them."""
    guarded: list[int] = field(default_factory=list[int])
    """The ids of the Runs that changed its answer, and that a guard of the program refused."""
    only_draws: bool = False
    """Whether all that was seen of it in training mode are draws, as of dropout."""
    joint: list[tuple[Result, frozenset[int]]] = field(default_factory=list[tuple[Result, frozenset[int]]])
    """Runs that disagree and that it may explain, but not it alone; with all observations that changed."""

    @property
    def ids(self) -> frozenset[int]:
        """Of its observations."""
        return frozenset(observation.id for observation in self.seen)

    @property
    def is_open(self) -> bool:
        """Whether a Run could still say something new."""
        return self.witness is None and self.finding.verdict == "unproven"

    @property
    def is_rival(self) -> bool:
        """Whether it may be what another finding's Run really shows: anything but a note that says why it is one."""
        return self.finding.level != "note"

    @property
    def is_weak(self) -> bool:
        """Whether all it saw are look-ups and texts: each is another one with every other size, and most do nothing."""
        return bool(self.seen) and all(_is_name_or_text(observation) for observation in self.seen)

    @property
    def is_lookup(self) -> bool:
        """Whether all it saw are look-ups in a dict or a set."""
        return bool(self.seen) and all(observation.asked == "Tensor.__hash__" for observation in self.seen)

    @property
    def is_about_tracing(self) -> bool:
        """Whether the function asked if it is being traced: then eager has always taken the other arm."""
        return any(observation.asked == "torch.jit.is_tracing" for observation in self.seen)

    @property
    def by_values(self) -> bool:
        """Whether the elements of the inputs can change the answer."""
        return any(reach_of(observation) == "values" for observation in self.seen)

    @property
    def is_guard(self) -> bool:
        """Whether it refuses values of the inputs: the program lets them pass."""
        return any(o.guard and o.kind == "conversion" and reach_of(o) == "values" for o in self.seen)

    @property
    def is_hidden_branch(self) -> bool:
        """Whether Python went on with what it took out: another number need not have decided otherwise."""
        return any(_is_hidden(observation) for observation in self.seen)

    @property
    def topic(self) -> object:
        """What it is about: the same for findings that read and write one thing, or stand at one place."""
        if self.seen[0].kind in _STATE:
            return _STATE_NAME.sub("", self.seen[0].asked)
        place = self.finding.source
        return (place.filename, place.lineno, place.col_offset) if place is not None else self.finding.id

    @property
    def name(self) -> str:
        """The last name of what is read or written; empty for what is no state."""
        return self.topic.rpartition(".")[2] if isinstance(self.topic, str) and self.seen[0].kind in _STATE else ""

    @property
    def position(self) -> int:
        """When it was first asked."""
        return min(self.ids, default=0)

    def acquittals(self, wrong: frozenset[int]) -> int:
        """How many of the Runs that agreed speak for it.

        Where an answer before it is wrong and changed as well, eager went another way from there, and need not have
        answered here as the program did.

        Args:
            wrong: the observations of the findings that are proven, or that a Run may prove.
        """
        before = frozenset(number for number in wrong if number < self.position)
        return sum(not before & changed for changed in self.held.values())

    def accept(self, result: Result) -> None:
        """Take a Run as the proof, unless there is a better one: other inputs alone, and silently wrong."""
        result.blame.append(self.finding.id)
        if self.witness is None or self._merit(result) > self._merit(self.witness):
            self.witness = result

    def _merit(self, result: Result) -> tuple[bool, ...]:
        keeps_sizes = result.probe.axis not in ("shapes", "rank") or not self.by_values
        return result.probe.by_inputs, result.outcome == "diverges", keeps_sizes

    def covers(self, filename: str, lineno: int) -> bool:
        """Whether a line is the finding's own, or one that it controls."""
        place = self.finding.source
        if place is None or place.filename != filename:
            return False
        extents = [(place.lineno, place.end_lineno), *(o.lines for o in self.seen), *(o.untaken for o in self.seen)]
        return any(extent is not None and extent[0] <= lineno <= extent[1] for extent in extents)

    def judged(self, run: Run | None, probes: int, wrong: frozenset[int]) -> Finding:
        """The finding with its verdict.

        Args:
            run: the Run of the witness, as the document has it.
            probes: how many Runs there were in all.
            wrong: the observations of the findings that are proven, or that a Run may prove.
        """
        finding = replace(self.finding, tried=tuple(dict.fromkeys(sorted((*self.held, *self.guarded)))))
        if run is not None:
            verdict = "raises" if run.outcome == "captured_raises" else "diverges"
            return replace(finding, verdict=verdict, level="error", witness=run, reason=_proof(run))
        if self.finding.verdict != "unproven" or not probes:
            return finding
        if self.guarded and not self.joint and not self.is_hidden_branch:
            refused = plural(len(set(self.guarded)), "probe")
            reason = f"refused by a guard: of those that changed it the program refused {refused}, and said so"
            return replace(finding, verdict="guarded", level="note", reason=reason)
        acquittals = self.acquittals(wrong)
        if acquittals and not self.joint and not self.is_hidden_branch:
            reason = f"{plural(acquittals, 'probe')} changed it, and the outputs agreed"
            return replace(finding, verdict="holds", level="note", reason=reason)
        if self.only_draws:
            reason = "in training mode it draws, as dropout does, which a program traced in eval mode need not"
            return replace(finding, level="note", reason=reason)
        return replace(finding, reason=self._doubt(acquittals, probes))

    def _doubt(self, tried: int, probes: int) -> str:
        if self.joint:
            return "outputs disagree when it changes, but other answers change with it each time"
        if tried:
            return f"{plural(tried, 'probe')} changed the number, and the outputs agreed; it may switch elsewhere"
        if self.held:
            return "outputs agreed when it changed, but an answer before it that is wrong had changed each time"
        if self.finding.reason.startswith("not tried"):
            return f"none of {plural(probes, 'probe')} changed it"
        return self.finding.reason


def _is_hidden(observation: Observation) -> bool:
    name = observation.asked.rpartition(".")[2]
    if observation.kind == "cache":
        return True
    if observation.kind in _DIRECT:
        return False
    if name in ("__bool__", "is_nonzero"):
        return False
    return observation.syntax in (*BRANCHES, "format", "index") or name in _NAMES_AND_TEXTS


def _proof(run: Run) -> str:
    if run.outcome == "captured_raises":
        return f"eager runs and captured raises: {run.probe}"
    if run.outcome == "eager_raises":
        return f"eager refuses and captured goes on: {run.probe}"
    return f"eager and captured disagree: {run.probe}"


def _is_name_or_text(observation: Observation) -> bool:
    return observation.syntax == "format" or observation.asked.rpartition(".")[2] in _NAMES_AND_TEXTS
