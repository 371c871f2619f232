"""A page of JupyterLab as its kernel knows it: a comm that asks, beside the one by which the kernel tells."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any

from tests.jupyter.shells import SECONDS, Kernel
from tracelab.wire import CHANNEL, PUSH, RPC

Message = dict[str, Any]
ENDS = ("done", "failed", "cancelled")


class Page:
    """One line to a kernel."""

    def __init__(self, kernel: Kernel, subshell: str | None = None) -> None:
        self.kernel, self.client, self.subshell, self.comm = kernel, kernel._client, subshell, uuid.uuid4().hex
        self.seen: list[Message] = []
        self._send("comm_open", comm_id=self.comm, target_name=RPC, data={})

    def _send(self, kind: str, **content: Any) -> str:
        message = self.client.session.msg(kind, content)
        message["header"]["subshell_id"] = self.subshell
        self.client.shell_channel.send(message)
        return message["header"]["msg_id"]

    def raw(self, data: object) -> None:
        self._send("comm_msg", comm_id=self.comm, data=data)

    def close(self) -> None:
        self.close_comm(self.comm)

    def close_comm(self, name: str) -> None:
        self._send("comm_close", comm_id=name, data={})

    def comms(self, target: str) -> list[str]:
        """The comms of a target that the kernel knows."""
        name = self._send("comm_info_request", target_name=target)
        return [*self.kernel.reply(name)["comms"]]

    def subshell_of_its_own(self) -> str:
        """A new thread of the kernel's."""
        return self.kernel.control("create_subshell_request")["subshell_id"]

    def end_subshell(self, name: str) -> None:
        self.kernel.control("delete_subshell_request", subshell_id=name)

    def send(self, what: str, **parts: Any) -> str:
        name = uuid.uuid4().hex[:8]
        self.raw({"version": CHANNEL, "id": name, "what": what, **parts})
        return name

    def until(self, wanted: Callable[[Message], bool]) -> Message:
        """The next message of the kernel's that is wanted; all are kept in `seen`."""
        deadline = time.monotonic() + SECONDS
        while True:
            message = self.client.get_iopub_msg(timeout=max(deadline - time.monotonic(), 0))
            self.seen.append(message)
            if wanted(message):
                return message

    def replied(self, name: str, *states: str) -> Message:
        """The message that answers a request."""

        def wanted(message: Message) -> bool:
            content = message["content"]
            data = content.get("data", {})
            is_ours = message["msg_type"] == "comm_msg" and content["comm_id"] == self.comm
            return is_ours and data["id"] == name and data["state"] in states

        return self.until(wanted)

    def end_of(self, name: str) -> Message:
        return self.replied(name, *ENDS)["content"]["data"]

    def ask(self, what: str, **parts: Any) -> Message:
        return self.end_of(self.send(what, **parts))

    def bytes_of(self, what: str, **parts: Any) -> tuple[Message, list[bytes]]:
        """A reply with its buffers."""
        message = self.replied(self.send(what, **parts), *ENDS)
        return message["content"]["data"], [bytes(buffer) for buffer in message["buffers"]]

    def told(self, what: str) -> None:
        """Wait until the kernel tells something."""
        self.until(lambda message: told_in(message) == what)


def told_in(message: Message) -> str:
    data = message["content"].get("data", {})
    return data.get("what", "") if message["msg_type"] == "comm_msg" else ""


def opened_push(message: Message) -> bool:
    return message["msg_type"] == "comm_open" and message["content"]["target_name"] == PUSH
