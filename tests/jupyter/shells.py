"""Cells are run in an IPython of this process, or in a kernel."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from jupyter_client.manager import KernelManager

SECONDS = 60


class Shell:
    """An IPython of this process."""

    def __init__(self, shell: Any) -> None:
        self.ipython = shell

    def run(self, code: str) -> Any:
        """Run a cell; its last value, or the error that it raised."""
        result = self.ipython.run_cell(code, store_history=True)
        result.raise_error()
        return result.result

    def error(self, code: str) -> BaseException:
        """Run a cell that raises."""
        result = self.ipython.run_cell(code, store_history=True)
        assert result.error_in_exec is not None
        return result.error_in_exec

    def said(self, code: str) -> list[str]:
        """The lines of the error of a cell."""
        return str(self.error(code)).splitlines()

    def __getitem__(self, name: str) -> Any:
        return self.ipython.user_ns[name]


class Kernel:
    """A kernel in a process of its own, and what it sent when a cell ran."""

    def __init__(self, folder: Path) -> None:
        self._manager, self._folder = KernelManager(kernel_name="python3"), folder

    def __enter__(self) -> Kernel:
        self._manager.start_kernel(env={**os.environ, "IPYTHONDIR": str(self._folder)})
        self._client = self._manager.client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=SECONDS)
        return self

    def __exit__(self, *error: object) -> None:
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)

    def start(self, code: str, **metadata: Any) -> str:
        """Let a cell begin."""
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "stop_on_error": True}
        message = self._client.session.msg("execute_request", content, metadata=metadata)
        self._client.shell_channel.send(message)
        return message["header"]["msg_id"]

    def wait(self, cell: str, until: str = "", times: int = 1) -> list[dict[str, Any]]:
        """What the kernel sends of a cell, until it is idle, or has printed a text so many times."""
        seen: list[dict[str, Any]] = []
        while True:
            message = self._client.get_iopub_msg(timeout=SECONDS)
            if message["parent_header"].get("msg_id") != cell:
                continue
            seen.append({"type": message["msg_type"], **message["content"]})
            printed = "".join(message.get("text", "") for message in seen)
            if seen[-1].get("execution_state") == "idle" or (until and printed.count(until) >= times):
                return seen

    def run(self, code: str, **metadata: Any) -> dict[str, Any]:
        """Run a cell: its text outputs, by kind; the last of each kind counts."""
        return self.outputs(self.wait(self.start(code, **metadata)))

    def outputs(self, messages: list[dict[str, Any]]) -> dict[str, Any]:
        """The last output of each kind: `execute_result`, `display_data`, `stderr`, `error`."""
        found: dict[str, Any] = {}
        for message in messages:
            if "data" in message and not message["type"].startswith("comm_"):
                found[message["type"]] = message["data"].get("text/plain", "")
            elif message["type"] == "stream":
                found[message["name"]] = found.get(message["name"], "") + message["text"]
            elif message["type"] == "error":
                found["error"] = (message["ename"], "\n".join(message["traceback"]))
        return found

    def interrupt(self) -> None:
        """The square button of a notebook."""
        self._manager.interrupt_kernel()

    def restart(self) -> None:
        """The round arrow of a notebook."""
        self._manager.restart_kernel(now=True)
        self._client.wait_for_ready(timeout=SECONDS)

    def control(self, kind: str, **content: Any) -> dict[str, Any]:
        """Ask beside the cells, and the answer."""
        message = self._client.session.msg(kind, content)
        self._client.control_channel.send(message)
        while True:
            reply = self._client.get_control_msg(timeout=SECONDS)
            if reply["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                return reply["content"]

    def reply(self, cell: str) -> dict[str, Any]:
        """The kernel's answer to a cell, or to another request."""
        while True:
            message = self._client.get_shell_msg(timeout=SECONDS)
            if message["parent_header"].get("msg_id") == cell:
                return message["content"]
