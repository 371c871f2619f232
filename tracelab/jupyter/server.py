"""What Jupyter's server does for `.tracelab` files: it reads one, and answers with what the viewer shows. No kernel
plays a part in it, and torch is not loaded.

Whose file it is and whether it may be read is the contents manager's to say, as of every file that JupyterLab opens.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUntypedFunctionDecorator=false, reportMissingTypeStubs=false

from __future__ import annotations

import asyncio
import base64
import subprocess
import sys
from http import HTTPStatus
from pathlib import Path
from typing import Any

import msgspec
from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import ensure_async, url_path_join
from tornado import web

from tracelab import __version__
from tracelab.errors import DocumentError
from tracelab.viewer import REFUSED

__all__ = ["__version__"]

MOST_BYTES = 256 << 20
"""A larger file is not opened in a page. What takes so much is tensors, which the viewer does not show."""
MOST_SECONDS = 60
MOST_AT_ONCE = 2
"""A page that opens ten files has them read in turn: each may take half a gigabyte while it is read."""

_INSTEAD = "Write a report of it, and open that: tracelab report FILE."
_HOUSE = Path(__file__).parents[2]
"""Where Python looks for modules first when it runs one: not in the user's folder, which may hold anything."""

_turns = asyncio.Semaphore(MOST_AT_ONCE)


class ViewHandler(APIHandler):
    """`tracelab/view?path=models/swin.tracelab`: the packed document, or 4xx with {what, cure}."""

    auth_resource = "contents"

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer."""
        self.set_header("Cache-Control", "no-store")
        try:
            content = await self._content(self.get_query_argument("path"))
            async with _turns:
                packed = await asyncio.to_thread(_packed, content)
        except DocumentError as error:
            if error.__cause__ is not None:
                self.log.warning("tracelab: %s: %s", error.what, error.__cause__)
            await self._refuse(HTTPStatus.UNPROCESSABLE_ENTITY, error.what, error.cure)
        except web.HTTPError as error:
            await self._refuse(error.status_code, error.log_message or str(error), "Look for it in the file browser.")
        else:
            await self.finish(packed, set_content_type="application/octet-stream")

    async def _content(self, path: str) -> str:
        """A file of the server's, in base64."""
        contents: Any = self.contents_manager
        if not contents.allow_hidden and await ensure_async(contents.is_hidden(path)):
            raise web.HTTPError(HTTPStatus.NOT_FOUND, "There is no such file")
        about: dict[str, Any] = await ensure_async(contents.get(path, type="file", content=False))
        size = about.get("size") or 0
        if size > MOST_BYTES:
            raise DocumentError(
                f"The file has {size} bytes, and {MOST_BYTES} is the most that is opened", cure=_INSTEAD
            )
        whole: dict[str, Any] = await ensure_async(contents.get(path, type="file", format="base64"))
        return whole["content"]

    async def _refuse(self, status: int, what: str, cure: str) -> None:
        self.set_status(status)
        await self.finish(msgspec.json.encode({"what": what, "cure": cure}))


def _packed(content: str) -> bytes:
    """What the viewer is sent, made in a process of its own.

    Raises:
        DocumentError: the file cannot be read.
    """
    command = [sys.executable, "-m", "tracelab.viewer"]
    data = base64.b64decode(content)
    try:
        ran = subprocess.run(command, input=data, capture_output=True, cwd=_HOUSE, timeout=MOST_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise DocumentError(f"The file cannot be read within {MOST_SECONDS} seconds", cure=_INSTEAD) from error
    if ran.returncode == REFUSED:
        raise DocumentError(**msgspec.json.decode(ran.stdout, type=dict[str, str]))
    if ran.returncode != 0:
        what = f"The file cannot be read: the process that reads it ended with code {ran.returncode}"
        raise DocumentError(what, cure="The server's log says more: please send it.") from RuntimeError(
            ran.stderr.decode(errors="replace")
        )
    return ran.stdout


def _jupyter_server_extension_points() -> list[dict[str, str]]:  # pyright: ignore[reportUnusedFunction]
    return [{"module": __name__}]


def _load_jupyter_server_extension(app: Any) -> None:  # pyright: ignore[reportUnusedFunction]
    app.web_app.add_handlers(
        ".*$", [(url_path_join(app.web_app.settings["base_url"], "tracelab", "view"), ViewHandler)]
    )
