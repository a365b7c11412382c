"""What surrounds every request keeps strangers from filling the memory of the machine."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from fastapi import FastAPI, Request

from centralita.web import problems, shield


class Server:
    """Answers what is long only when it is told to, so that what is held meanwhile can be looked at."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()
        self.held: asyncio.Queue[int] = asyncio.Queue()
        app = FastAPI()
        problems.install(app)

        @app.put("/")
        async def put(request: Request) -> int:
            size = len(await request.body())
            if size > 50:
                self.held.put_nowait(size)
                await self.go_on.wait()
            return size

        self._app = shield.Shield(app)

    async def send(self, source: str, size: int) -> tuple[int, dict[bytes, bytes], Any]:
        """Status, header fields and body of the answer."""
        scope = {
            "type": "http",
            "method": "PUT",
            "scheme": "http",
            "path": "/",
            "raw_path": b"/",
            "query_string": b"",
            "headers": [(b"content-type", b"text/plain")],
            "client": (source, 1),
        }
        told: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"x" * size, "more_body": False}

        async def send(message: Any) -> None:
            told.append(message)

        await self._app(scope, receive, send)
        body = b"".join(message.get("body", b"") for message in told)
        return told[0]["status"], dict(told[0]["headers"]), json.loads(body)


def test_what_many_send_at_once_is_bounded_and_one_address_leaves_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A body is read before it is known whose it is."""
    monkeypatch.setattr(shield, "MAX_HELD", 250)
    monkeypatch.setattr(shield, "MAX_HELD_SOURCE", 150)

    async def crowd() -> None:
        server = Server()
        first = asyncio.create_task(server.send("192.0.2.1", 100))
        assert await server.held.get() == 100
        status, headers, greedy = await server.send("192.0.2.1", 100)
        assert (status, greedy["code"], headers[b"retry-after"]) == (503, "busy", b"5")
        second = asyncio.create_task(server.send("192.0.2.2", 100))
        assert await server.held.get() == 100
        assert (await server.send("192.0.2.3", 100))[0] == 503
        assert (await server.send("192.0.2.3", 50))[0] == 200
        server.go_on.set()
        assert [(await one)[0] for one in (first, second)] == [200, 200]
        assert (await server.send("192.0.2.1", 150))[0] == 200, "what is over makes room"

    asyncio.run(asyncio.wait_for(crowd(), 20))
