"""Eager and captured, side by side: Runs, the Probes that prove a finding, the search for them, blame."""

from tracelab.replay.compare import compare
from tracelab.replay.proof import Wish, check_first, prover_of, search_on, try_all
from tracelab.replay.prove import Budget, Prover
from tracelab.replay.wanted import wanted

__all__ = ["Budget", "Prover", "Wish", "check_first", "compare", "prover_of", "search_on", "try_all", "wanted"]
