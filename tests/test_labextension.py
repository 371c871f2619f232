"""The viewer's own tests and checks, run from here, and its generated types, which must be fresh."""

import json
import os
import runpy
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.renderers.samples import HOSTILE, capture, finding, proven, witness
from tests.viewer.unpacked import Unpacked
from tracelab.viewer import packed

HOUSE = Path(__file__).parents[1]
VIEWER = HOUSE / "labextension"

needs_node = pytest.mark.skipif(
    not (VIEWER / "node_modules").is_dir() or shutil.which("npm") is None,
    reason="`npm ci` in labextension/ was not run (`make` does it)",
)


def test_the_types_of_the_viewer_are_fresh():
    made = runpy.run_path(str(VIEWER / "codegen" / "schema_ts.py"))
    text = made["TARGET"].read_text(encoding="utf-8")
    assert text == made["generated"](), "stale; mend it with: python labextension/codegen/schema_ts.py"


def test_the_lock_file_names_no_registry():
    lock = (VIEWER / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    assert "registry." not in lock


@needs_node
@pytest.mark.parametrize("script", ["test", "check"])
def test_the_viewer_passes_its_own(script):
    command = ["npm", "run", "--silent", script]
    ran = subprocess.run(command, cwd=VIEWER, capture_output=True, text=True, env=dict(os.environ), timeout=280)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@needs_node
def test_the_viewer_reads_what_is_packed(tmp_path: Path):
    document = capture(proven(witness=witness(probe=HOSTILE)), finding(id="b", message=HOSTILE))
    (tmp_path / "packed").write_bytes(packed(document))
    command = ["node", "test/read.mjs", str(tmp_path / "packed")]
    read = json.loads(subprocess.run(command, cwd=VIEWER, capture_output=True, text=True, check=True).stdout)
    wanted = Unpacked(document)
    assert read["shown"] == wanted.about
    assert read["graphs"] == [{name: wanted.column(name) for name in wanted.about["graphs"][0]["columns"]}]
    assert read["heat"] == [wanted.numbers(run["heat"]) for run in wanted.about["runs"]]
