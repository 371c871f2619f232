"""One axis a file: what is changed, so that eager and captured may part.

What a finding is known to depend on comes first, and is played only where something was seen to depend on it. Sizes
and values are played always: what nobody saw shows there.
"""

from tracelab.probes import (
    ambient,
    calls,
    devices,
    dtypes,
    gradients,
    layout,
    mode,
    outside,
    rank,
    seeds,
    shapes,
    state,
    structure,
    values,
)
from tracelab.probes.base import Axis

AXES: dict[str, Axis] = {
    "outside": outside.probes,
    "ambient": ambient.probes,
    "state": state.probes,
    "seeds": seeds.probes,
    "mode": mode.probes,
    "structure": structure.probes,
    "gradients": gradients.probes,
    "layout": layout.probes,
    "rank": rank.probes,
    "shapes": shapes.probes,
    "calls": calls.probes,
    "values": values.probes,
    "dtypes": dtypes.probes,
    "devices": devices.probes,
}
"""In the order of playing."""
SIZES = ("shapes",)
"""Those that other axes learn from."""
COPYING = ("dtypes", "devices")
"""Those that copy the module."""
