"""Traces six models, prints what each froze, and writes one report per model with an index page.

Run it with `make demo`.
"""

from __future__ import annotations

import shutil
import sys
import time
import warnings
from pathlib import Path

import msgspec
from models import BUILDERS

import tracelab
from tracelab.renderers import html, text

FOLDER = Path("demo-reports")
SHOWN = {
    "norm_loop": "a loop that a norm bounds",
    "column_loop": "a loop over columns",
    "alternator": "a module that counts its calls",
    "resnet50": "ResNet-50",
    "swin": "Swin-tiny",
    "mixtral": "Mixtral, small",
}


def main() -> None:
    """Traces, prints and writes."""
    start = time.perf_counter()
    # torch.jit reads every property of a module, and transformers deprecates one of its own.
    warnings.filterwarnings("ignore", message="`is_gradient_checkpointing` is deprecated")
    FOLDER.mkdir(exist_ok=True)
    captures = {name: captured(name) for name in SHOWN}
    entries = [(f"{name}.html", capture) for name, capture in captures.items()]
    for name, capture in captures.items():
        show(capture)
        (FOLDER / f"{name}.html").write_text(html.report(capture), encoding="utf-8")
    index = FOLDER / "index.html"
    index.write_text(html.index(entries, title="What six models froze"), encoding="utf-8")
    print(f"{len(entries)} reports in {time.perf_counter() - start:.0f} seconds: {index.resolve()}")


def captured(name: str) -> tracelab.Capture:
    """The capture of one model, under the name that people know it by."""
    model, args, kwargs = BUILDERS[name]()
    trace = tracelab.trace(model, args or None, example_kwarg_inputs=kwargs or None)
    return msgspec.structs.replace(trace.capture, name=SHOWN[name])


def show(capture: tracelab.Capture) -> None:
    """The capture's text, ruled off from the one before."""
    width = shutil.get_terminal_size((100, 24)).columns
    print("─" * width)
    print(text.render(capture, colour=sys.stdout.isatty(), width=width))


if __name__ == "__main__":
    main()
