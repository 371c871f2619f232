"""What Jupyter's server answers for a `.tracelab` file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("jupyter_server")

from tests.document.forging import bomb, replaced
from tests.jupyter.lab import SECONDS, SERVER, server
from tests.renderers.samples import capture
from tracelab import document
from tracelab.document import archive
from tracelab.jupyter.server import MOST_BYTES
from tracelab.viewer import packed

TOKEN = "known"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served")
    (folder / "a folder").mkdir()
    document.save(capture(), folder / "a folder" / "100% #1 é.tracelab")
    document.save(capture(), folder / ".hidden.tracelab")
    document.save(capture(), folder.parent / "outside.tracelab")
    (folder / "empty.tracelab").write_bytes(b"")
    (folder / "bomb.tracelab").write_bytes(replaced(bomb(archive.DOCUMENT, 70)))
    with (folder / "huge.tracelab").open("wb") as huge:
        huge.truncate(MOST_BYTES + 1)
    return folder


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with server(folder, SERVER, token=TOKEN) as address:
        yield address


def asked(address: str, path: str, token: str = TOKEN) -> tuple[int, bytes]:
    url = f"{address}/tracelab/view?path={urllib.parse.quote(path)}"
    request = urllib.request.Request(url, headers={"Authorization": f"token {token}"})
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def test_a_file_is_answered_with_what_the_viewer_is_sent(address: str) -> None:
    assert asked(address, "a folder/100% #1 é.tracelab") == (200, packed(capture()))


def test_who_does_not_know_the_token_is_answered_nothing(address: str) -> None:
    status, said = asked(address, "a folder/100% #1 é.tracelab", "guessed")
    assert status == 403
    assert b"100%" not in said


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("nothing.tracelab", 404, "No such file"),
        ("../outside.tracelab", 404, "outside"),
        ("/etc/passwd", 404, "No such file"),
        (".hidden.tracelab", 404, "no such file"),
        ("a folder", 400, "not a file"),
        ("empty.tracelab", 422, "it is empty"),
        ("bomb.tracelab", 422, "document.json is damaged"),
        ("huge.tracelab", 422, f"The file has {MOST_BYTES + 1} bytes, and {MOST_BYTES} is the most"),
    ],
)
def test_what_cannot_be_read_is_said_with_what_to_do(address: str, path: str, status: int, said: str) -> None:
    code, answer = asked(address, path)
    told = json.loads(answer)
    assert (code, said in told["what"]) == (status, True), told
    assert told["cure"]


def test_the_server_loads_no_torch() -> None:
    code = "import sys, tracelab.jupyter.server, tracelab.viewer.__main__; print('torch' in sys.modules)"
    home = str(Path(__file__).parents[2])
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, env={**os.environ, "PYTHONPATH": home})
    assert said.stdout.split() == [b"False"]
