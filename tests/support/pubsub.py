"""As much of Redis as socket.io needs to reach sockets on several servers: SUBSCRIBE and PUBLISH, spoken as Redis speaks them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator


def _bulk(*parts: bytes | int) -> bytes:
    shown = [b":%d\r\n" % part if isinstance(part, int) else b"$%d\r\n%b\r\n" % (len(part), part) for part in parts]
    return b"*%d\r\n" % len(parts) + b"".join(shown)


@contextlib.asynccontextmanager
async def running_pubsub() -> AsyncIterator[str]:
    """The URL of a server that knows nothing but channels."""
    subscribers: dict[bytes, set[asyncio.StreamWriter]] = {}
    writers: set[asyncio.StreamWriter] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.add(writer)
        try:
            while line := await reader.readline():
                words = []
                for _ in range(int(line[1:])):
                    size = int((await reader.readline())[1:])
                    words.append((await reader.readexactly(size + 2))[:-2])
                command = words[0].upper()
                if command == b"SUBSCRIBE":
                    subscribers.setdefault(words[1], set()).add(writer)
                    writer.write(_bulk(b"subscribe", words[1], 1))
                elif command == b"PUBLISH":
                    listening = subscribers.get(words[1], set())
                    for other in listening:
                        other.write(_bulk(b"message", words[1], words[2]))
                    writer.write(b":%d\r\n" % len(listening))
                else:
                    writer.write(b"+OK\r\n")
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            for listening in subscribers.values():
                listening.discard(writer)
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0"
    finally:
        server.close()
        for writer in writers:
            writer.close()
