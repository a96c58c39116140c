"""The line between the two processes: messages one after the other, each with its length in front."""

from __future__ import annotations

import queue
import struct
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import IO, Any, Final

from nnstudio.runs.apart.plain import decode, encode

_LENGTH: Final = struct.Struct("<Q")

Message = Mapping[str, Any]


def read(stream: IO[bytes]) -> Message | None:
    """Wait for the next message; None where the other side is gone."""
    head = _read_all(stream, _LENGTH.size)
    data = None if head is None else _read_all(stream, _LENGTH.unpack(head)[0])
    if data is None:
        return None
    message: Message = decode(data)
    return message


class Sender:
    """Sends messages in a thread of its own, so that nobody waits for the other side to read."""

    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()

    def send(self, **message: object) -> None:
        """Have a message sent, in its turn; also before there is anyone to send to.

        Raises:
            TypeError: it holds something that is no plain value.
        """
        data = encode(message)
        self._waiting.put(_LENGTH.pack(len(data)) + data)

    def start(self, stream: IO[bytes]) -> None:
        """Send what waits, and what comes, until `close` or until the other side is gone."""
        threading.Thread(target=self._work, args=(stream,), name="nnstudio-sender", daemon=True).start()

    def close(self) -> None:
        """Close the line after the last message."""
        self._waiting.put(None)

    def _work(self, stream: IO[bytes]) -> None:
        with suppress(OSError, ValueError):  # the other side is gone, which its end of the line tells those who read
            while (data := self._waiting.get()) is not None:
                stream.write(data)
                stream.flush()
        with suppress(OSError):
            stream.close()


def _read_all(stream: IO[bytes], size: int) -> bytes | None:
    data = stream.read(size)
    return data if len(data) == size else None
