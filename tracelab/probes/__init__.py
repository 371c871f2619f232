"""One axis a file: what is changed, so that eager and captured may part.

What a finding is known to depend on comes first, and is played only where something was seen to depend on it. Sizes
and values are played always: what nobody saw shows there.
"""

from tracelab.probes import calls, rank, shapes, values
from tracelab.probes.base import Axis

AXES: dict[str, Axis] = {
    "rank": rank.probes,
    "calls": calls.probes,
    "shapes": shapes.probes,
    "values": values.probes,
}
"""In the order of playing."""
