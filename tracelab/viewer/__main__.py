"""`python -m tracelab.viewer`: a `.tracelab` file comes in, and what the viewer is sent goes out.

A process of its own, so that a server which reads a file for somebody neither waits for it nor can be harmed by it.
"""

from __future__ import annotations

import sys

import msgspec

from tracelab import document
from tracelab.errors import DocumentError
from tracelab.viewer import REFUSED, packed


def main() -> int:
    """Read, write, and say by the exit code whether it went well; `REFUSED` says what is wrong with the file."""
    try:
        answer = packed(document.parse(sys.stdin.buffer.read()))
    except DocumentError as error:
        sys.stdout.buffer.write(msgspec.json.encode({"what": error.what, "cure": error.cure}))
        return REFUSED
    sys.stdout.buffer.write(answer)
    return 0


if __name__ == "__main__":
    sys.exit(main())
