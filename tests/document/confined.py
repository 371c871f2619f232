"""Reading in a child process that has little memory and no torch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

MEMORY_BYTES = 200 << 20
SECONDS = 2
"""The promise is one second; a busy machine gets two. It is the processor's time, not the clock's."""

_CHILD = f"""
import resource, sys, time
sys.modules["torch"] = sys.modules["numpy"] = None  # importing them raises
from tracelab import document, errors
pages = int(open("/proc/self/statm").read().split()[0])
most = pages * resource.getpagesize() + {MEMORY_BYTES}
resource.setrlimit(resource.RLIMIT_AS, (most, most))
start = time.process_time()
try:
    document.load(sys.argv[1])
except errors.DocumentError as error:
    print(error)
else:
    print("it was read")
assert time.process_time() - start < {SECONDS}, "too slow"
"""


def outcome(path: Path) -> str:
    """What reading a file says, within the memory and the time that a hostile one may take."""
    child = subprocess.run([sys.executable, "-c", _CHILD, str(path)], capture_output=True, text=True)
    assert child.returncode == 0, child.stderr
    return child.stdout
