"""One axis a file: what is changed, so that eager and captured may part.

What a finding is known to depend on comes first, and is played only where something was seen to depend on it. Sizes
and values are played always: what nobody saw shows there.
"""

from tracelab.probes import (
    calls,
    devices,
    dtypes,
    gradients,
    layout,
    mode,
    rank,
    seeds,
    shapes,
    structure,
    values,
)
from tracelab.probes.base import Axis

AXES: dict[str, Axis] = {
    "calls": calls.probes,
    "seeds": seeds.probes,
    "mode": mode.probes,
    "structure": structure.probes,
    "gradients": gradients.probes,
    "layout": layout.probes,
    "dtypes": dtypes.probes,
    "devices": devices.probes,
    "rank": rank.probes,
    "shapes": shapes.probes,
    "values": values.probes,
}
"""In the order of playing."""
