"""One file per way out of the tracer. Observers note facts; what they mean is the detectors' business."""

from tracelab.observers import constants, conversions, draws, queries, sizes
from tracelab.observers.eager import EagerObserver
from tracelab.observers.interceptor import Interceptor, unseen_by_overrides
from tracelab.observers.questions import shared
from tracelab.observers.recorder import Recorder
from tracelab.observers.sighting import Sighting, Sightings
from tracelab.observers.state import sightings_of

TRACE_OBSERVERS = (conversions.observe, queries.observe, sizes.observe, constants.observe, draws.observe)
"""What watches every torch call of a tracing run, in this order."""

__all__ = [
    "TRACE_OBSERVERS",
    "EagerObserver",
    "Interceptor",
    "Recorder",
    "Sighting",
    "Sightings",
    "shared",
    "sightings_of",
    "unseen_by_overrides",
]
