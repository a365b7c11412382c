"""``/api/v1/events``: a WebSocket that tells what is going on now: a snapshot, then what changes of it.

One look at the switch and one comparison serve all who watch the same part of a tenant. Who reads too slowly is closed, and comes
again for a new snapshot; nobody's slowness holds up the others.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any, NamedTuple

import msgspec
from fastapi import APIRouter, Depends, Query, WebSocket
from starlette.websockets import WebSocketDisconnect

from centralita.control import RequestRefused
from centralita.web.access import Action
from centralita.web.board import Board, differences, iso, seen
from centralita.web.board import read as read_board
from centralita.web.desk import AtOwnDesk, Desk
from centralita.web.parts import WebParts
from centralita.web.problems import Problem
from centralita.web.sight import Sight, look

log = logging.getLogger(__name__)

INTERVAL = 1.0
"""Seconds between two looks at the switch."""
CHECK_SECONDS = 30.0
"""Between two looks at whether those who listen still may."""
BEHIND = 32
"""Messages that a listener may be behind before they are closed."""
SLOW = 1013
"""Try again later (the registry of RFC 6455 close codes): too slow; come again for a new snapshot."""
BROKEN = 1011
CHANGED = 4401
"""Signed out, or seeing something else by now: sign in and come again."""

router = APIRouter(tags=["live"])
_encode = msgspec.json.Encoder().encode


class Listener:
    """One who follows. ``messages`` holds what is to be sent; an int among it: close with this code."""

    def __init__(self, still: Callable[[], bool]) -> None:
        self.messages: asyncio.Queue[str | int] = asyncio.Queue(BEHIND)
        self.still = still
        """Whether they may still see what they see. Blocks."""

    def offer(self, message: str) -> bool:
        """False: too far behind, and closed."""
        try:
            self.messages.put_nowait(message)
        except asyncio.QueueFull:
            self.close(SLOW)
            return False
        return True

    def close(self, code: int) -> None:
        while not self.messages.empty():
            self.messages.get_nowait()
        self.messages.put_nowait(code)


class Group:
    """All who see the same part of one tenant."""

    def __init__(self, sight: Sight) -> None:
        self.sight = sight
        self.board: Board = {}
        self.serial = 0
        self.listeners: set[Listener] = set()
        self._snapshot: str | None = None

    def show(self, board: Board, at: float) -> None:
        """The tenant is so now: tell everybody what that changes."""
        new = seen(board, self.sight)
        changes = differences(self.board, new)
        self.board = new
        if not changes:
            return
        self.serial += 1
        self._snapshot = None
        if not self.listeners:
            return
        message = {"type": "changes", "serial": self.serial, "at": iso(at), "changes": changes}
        text = _encode(message).decode()
        self.listeners = {listener for listener in self.listeners if listener.offer(text)}

    def snapshot(self, at: float) -> str:
        if self._snapshot is None:
            message = {"type": "snapshot", "serial": self.serial, "at": iso(at), "board": self.board}
            self._snapshot = _encode(message).decode()
        return self._snapshot


class TenantFeed:
    """One tenant that somebody watches: looked at while anybody does."""

    def __init__(self, read: Callable[[Board], Board], wall: Callable[[], float]) -> None:
        self._read = read
        self._wall = wall
        self._board: Board | None = None
        self.groups: dict[Sight, Group] = {}
        self.first = asyncio.Event()
        """There is something to show."""

    async def run(self) -> None:
        """Look again and again. Whatever ends it, nobody is left with what is no longer so."""
        try:
            await self._follow()
        finally:
            for group in self.groups.values():
                for listener in group.listeners:
                    listener.close(BROKEN)

    async def _follow(self) -> None:
        checked = time.monotonic()
        while True:
            began = time.monotonic()
            try:
                board = await asyncio.to_thread(self._read, self._board or {})
            except RequestRefused as error:
                log.error("the switch refuses to tell what is going on: %s", error)
            else:
                self.show(board)
            if began - checked >= CHECK_SECONDS:
                checked = began
                await self._check()
            await asyncio.sleep(max(0.0, INTERVAL - (time.monotonic() - began)))

    def show(self, board: Board) -> None:
        self._board = board
        now = self._wall()
        for group in self.groups.values():
            group.show(board, now)
        self.first.set()

    def join(self, sight: Sight, listener: Listener) -> None:
        """They get a snapshot at once, and every change after it."""
        group = self.groups.get(sight)
        if group is None:
            group = self.groups[sight] = Group(sight)
            if self._board is not None:
                group.show(self._board, self._wall())
        group.listeners.add(listener)
        listener.offer(group.snapshot(self._wall()))

    def leave(self, sight: Sight, listener: Listener) -> None:
        group = self.groups.get(sight)
        if group is not None:
            group.listeners.discard(listener)
            if not group.listeners:
                del self.groups[sight]

    async def _check(self) -> None:
        """Close those who have signed out meanwhile, or whose role has changed."""
        listeners = [listener for group in self.groups.values() for listener in group.listeners]
        for listener in listeners:
            if not await asyncio.to_thread(listener.still):
                listener.close(CHANGED)


class _Watched(NamedTuple):
    feed: TenantFeed
    task: asyncio.Task[None]


class LiveFeed:
    """All tenants that somebody watches. One for the process, within its event loop."""

    def __init__(self, parts: WebParts) -> None:
        self._parts = parts
        self._watched: dict[str, _Watched] = {}
        self._count: dict[str, int] = {}

    @contextmanager
    def watching(self, tenant: str) -> Iterator[TenantFeed]:
        """The tenant's feed, looked at until the last one leaves."""
        watched = self._watched.get(tenant)
        if watched is None:
            parts = self._parts

            def look_at(before: Board) -> Board:
                return read_board(parts.switch, tenant, parts.wall(), before)

            feed = TenantFeed(look_at, parts.wall)
            watched = self._watched[tenant] = _Watched(feed, asyncio.create_task(feed.run()))
        self._count[tenant] = self._count.get(tenant, 0) + 1
        try:
            yield watched.feed
        finally:
            self._count[tenant] -= 1
            if not self._count[tenant]:
                del self._count[tenant]
                del self._watched[tenant]
                watched.task.cancel()

    async def follow(
        self, websocket: WebSocket, tenant: str, sight: Sight, still: Callable[[], bool]
    ) -> None:
        """Tell one client until they leave, or are closed."""
        with self.watching(tenant) as feed:
            listener = Listener(still)
            await feed.first.wait()
            feed.join(sight, listener)
            gone = asyncio.create_task(_gone(websocket))
            telling = asyncio.create_task(_tell(websocket, listener))
            try:
                await asyncio.wait((gone, telling), return_when=asyncio.FIRST_COMPLETED)
            finally:
                feed.leave(sight, listener)
                for task in (gone, telling):
                    task.cancel()
                    with contextlib.suppress(asyncio.CancelledError, WebSocketDisconnect, RuntimeError):
                        await task  # a client that goes while it is told something is gone, and no more


async def _tell(websocket: WebSocket, listener: Listener) -> None:
    while True:
        message = await listener.messages.get()
        if isinstance(message, int):
            await websocket.close(message)
            return
        await websocket.send_text(message)


async def _gone(websocket: WebSocket) -> None:
    """Until the client leaves; what they say meanwhile is nothing to us."""
    while (await websocket.receive())["type"] != "websocket.disconnect":
        pass


class Watch(NamedTuple):
    desk: Desk
    sight: Sight


def _watch(
    websocket: WebSocket,
    desk: AtOwnDesk,
    tenant: Annotated[str, Query(max_length=32, description="Which one; empty: one's own.")] = "",
) -> Watch:
    if websocket.app.state.doorman.same_origin(websocket) is False:
        raise Problem(403, "forged", "This request does not come from our own pages")
    there = desk.at(tenant) if tenant else desk
    if not there.tenant:
        raise Problem.invalid("tenant", "Say which tenant is to be watched")
    sight, parts = look(there, Action.LIVE_READ)
    if there.tenant not in parts.configs.tenants():
        raise Problem.not_found("There is no such tenant", code="tenant-unknown")
    return Watch(there, sight)


@router.websocket("/events")
async def events(websocket: WebSocket, watch: Annotated[Watch, Depends(_watch)]) -> None:
    """``{type: snapshot, board}``, then ``{type: changes, changes: [{kind, id, item}]}``, where no item means that it is gone."""
    feed: LiveFeed = websocket.app.state.feed
    tenant = watch.desk.tenant

    def still() -> bool:
        try:
            principal = websocket.app.state.doorman.principal(websocket)
            return look(Desk(principal, tenant, _parts(websocket)), Action.LIVE_READ)[0] == watch.sight
        except Problem:
            return False

    await websocket.accept()
    await feed.follow(websocket, tenant, watch.sight, still)


def _parts(websocket: Any) -> WebParts:
    parts: WebParts = websocket.app.state.parts
    return parts
