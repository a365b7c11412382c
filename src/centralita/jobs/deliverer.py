"""Sends the messages that webhooks are to get: signed, to the public web only, each tried for a day.

A message may come twice, with the same id: where a process is killed after the other side took it and before that was written
down, or where the answer was lost. None is lost. A webhook is served by one thread at a time and in turn with the others, and a company has
some of the threads at most: so an address that does not answer, or answers as slowly as it may, holds nobody else up.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from centralita.fetch import FetchFailed, Network, Sent, send
from centralita.jobs.backoff import delay
from centralita.ports import StoreUnavailable
from centralita.webhooks import Delivery, signed_headers


class Due(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def tenant(self) -> str: ...


class Target(Protocol):
    @property
    def url(self) -> str: ...
    @property
    def keys(self) -> Sequence[str]: ...
    @property
    def failures(self) -> int: ...


class Outbox(Protocol):
    """The messages; fulfilled by :class:`centralita.store.hook_outbox.HookOutbox`. Every method raises StoreUnavailable."""

    def due_webhooks(self, now: float) -> Sequence[Due]: ...

    def target(self, webhook: str, now: float) -> Target | None: ...

    def due(self, webhook: str, now: float, limit: int) -> Sequence[Delivery]: ...

    def claim(self, delivery: Delivery, now: float, until: float) -> bool: ...

    def delivered(self, delivery: Delivery, at: float, status: int, seconds: float) -> None: ...

    def failed(
        self,
        delivery: Delivery,
        at: float,
        error: str,
        *,
        next_at: float | None,
        status: int = 0,
        seconds: float | None = None,
        quiet_until: float = 0.0,
        disable: bool = False,
    ) -> None: ...

    def tidy(self, now: float) -> None: ...


@dataclass(frozen=True, slots=True)
class HookPace:
    """Seconds."""

    patience: float = 15.0
    """For one try in all."""
    claim: float = 120.0
    """How long a message that is being sent is nobody else's."""
    retries: tuple[float, ...] = (5.0, 300.0, 1800.0, 7200.0, 18_000.0, 36_000.0)
    """After the first, second … try that came to nothing; the last try is at the end of the day."""
    first_quiet: float = 5.0
    """Between two tries of an address that cannot be reached at all; doubles up to ``longest_quiet``."""
    longest_quiet: float = 3600.0
    idle: float = 1.0
    tidy: float = 3600.0
    at_once: int = 20
    """Messages to one webhook until the others have their turn."""
    turn: float = 30.0
    """Seconds after which no further message is begun before the others have had their turn, however slowly it answers."""
    threads: int = 8
    threads_of_tenant: int = 2
    """At most: companies with addresses that let one wait leave some to the others."""


Send = Callable[[str, bytes, Mapping[str, str]], Sent]


class Deliverer:
    """``step`` begins what is due and says when to come back; the sending is done by threads of its own."""

    def __init__(
        self,
        outbox: Outbox,
        *,
        allow: Sequence[Network] = (),
        pace: HookPace | None = None,
        post: Send | None = None,
        wall: Callable[[], float] = time.time,
        jitter: Callable[[], float] = lambda: random.uniform(0.9, 1.1),  # noqa: S311  (spreads retries, guards nothing)
        on_done: Callable[[], None] = lambda: None,
    ) -> None:
        """``allow``: networks that may be sent to although they are not public. ``on_done``: a thread is free again."""
        self._outbox = outbox
        self._pace = pace or HookPace()
        self._wall = wall
        self._jitter = jitter
        self._on_done = on_done
        patience = self._pace.patience
        self._post: Send = post or (
            lambda url, body, headers: send(url, body, headers, seconds=patience, allow=allow)
        )
        self._lock = threading.Lock()
        self._in_hand: dict[str, str] = {}
        """Webhooks that are being served, each with its tenant."""
        self._turns: dict[str, int] = {}
        """When each webhook was last begun with, of those that are due or in hand; and each tenant's last one."""
        self._tenant_turns: dict[str, int] = {}
        self._turn = 0
        self._stopping = False
        self._failure: BaseException | None = None
        self._tidied_at = 0.0
        self.sent = 0
        """Since the start."""
        self.failed = 0

    def step(self) -> float:
        """Seconds until the next step. Raises StoreUnavailable, and what a thread met that nobody foresaw."""
        if self._failure is not None:
            raise self._failure
        now = self._wall()
        if now - self._tidied_at >= self._pace.tidy:
            self._outbox.tidy(now)
            self._tidied_at = now
        due = self._outbox.due_webhooks(now)
        for webhook in sorted(due, key=self._last_turn):
            if not self._take(webhook):
                continue
            # A thread that may be left behind: a process that ends waits for no stranger's server.
            threading.Thread(target=self._serve, args=(webhook.id,), name="webhook", daemon=True).start()
        with self._lock:
            there = {webhook.id for webhook in due} | set(self._in_hand)
            self._turns = {name: turn for name, turn in self._turns.items() if name in there}
        return self._pace.idle

    def _last_turn(self, webhook: Due) -> tuple[int, int]:
        """Whoever was served longest ago comes first: the company, and of its webhooks the webhook."""
        return self._tenant_turns.get(webhook.tenant, 0), self._turns.get(webhook.id, 0)

    def _take(self, webhook: Due) -> bool:
        """Whether it is to be served now: there is a thread for it, and its company has not enough of them."""
        with self._lock:
            of_tenant = sum(tenant == webhook.tenant for tenant in self._in_hand.values())
            if (
                webhook.id in self._in_hand
                or len(self._in_hand) >= self._pace.threads
                or of_tenant >= self._pace.threads_of_tenant
            ):
                return False
            self._turn += 1
            self._turns[webhook.id] = self._tenant_turns[webhook.tenant] = self._turn
            self._in_hand[webhook.id] = webhook.tenant
            return True

    def close(self) -> None:
        """Begin nothing more. What is being sent is tried again after the next start, if it does not come to an end before."""
        self._stopping = True

    def serve(self, webhook: str) -> None:
        """Send some of what is due to one webhook, until it cannot be reached. Raises StoreUnavailable."""
        began = self._wall()
        target = self._outbox.target(webhook, began)
        if target is None:
            return
        for delivery in self._outbox.due(webhook, began, self._pace.at_once):
            now = self._wall()
            if self._stopping or now - began >= self._pace.turn:
                return
            if not self._outbox.claim(delivery, now, now + self._pace.claim) or not self._try(
                target, delivery
            ):
                return

    def _serve(self, webhook: str) -> None:
        try:
            self.serve(webhook)
        except StoreUnavailable:
            pass  # the record loop says so; what is claimed is tried again after a while
        except BaseException as error:  # noqa: BLE001  (the loop that called step ends the process with it)
            self._failure = error
        finally:
            with self._lock:
                self._in_hand.pop(webhook, None)
            self._on_done()

    def _try(self, target: Target, delivery: Delivery) -> bool:
        """Send a claimed message; False where nothing more is to be sent there for now."""
        body = delivery.body.encode()
        began = self._wall()
        headers = {
            "Content-Type": "application/json",
            **signed_headers(delivery.id, began, body, target.keys),
        }
        try:
            sent = self._post(target.url, body, headers)
        except FetchFailed as error:
            self._came_to_nothing(target, delivery, str(error), began, unreachable=True)
            return False
        if 200 <= sent.status < 300:
            now = self._wall()
            self._outbox.delivered(delivery, now, sent.status, max(0.0, now - began))
            self.sent += 1
            return True
        if sent.status == 410:  # Standard Webhooks: whoever says that it is gone wants nothing more
            now = self._wall()
            self._outbox.failed(
                delivery,
                now,
                "the server answered 410: it wants no more messages, so the webhook is disabled",
                next_at=None,
                status=410,
                seconds=max(0.0, now - began),
                disable=True,
            )
            self.failed += 1
            return False
        if 300 <= sent.status < 400:
            why = f"the server answered {sent.status}: a redirection is not followed"
        else:
            why = f"the server answered {sent.status}"
        busy = sent.status in (429, 502, 503, 504)
        self._came_to_nothing(
            target,
            delivery,
            why,
            began,
            status=sent.status,
            unreachable=busy,
            wait=_seconds(sent.retry_after),
        )
        return not busy

    def _came_to_nothing(
        self,
        target: Target,
        delivery: Delivery,
        why: str,
        began: float,
        *,
        status: int = 0,
        unreachable: bool,
        wait: float = 0.0,
    ) -> None:
        pace, now = self._pace, self._wall()
        retry = pace.retries[min(delivery.attempts, len(pace.retries) - 1)]
        next_at: float | None = min(
            now + max(retry * self._jitter(), min(wait, pace.longest_quiet)), delivery.expires_at
        )
        if now >= delivery.expires_at:
            next_at, why = None, f"given up: {why}"
            self.failed += 1
        quiet = 0.0
        if unreachable:
            rest = delay(target.failures + 1, pace.first_quiet, pace.longest_quiet) * self._jitter()
            quiet = now + max(rest, min(wait, pace.longest_quiet))
        self._outbox.failed(
            delivery,
            now,
            why[:500],
            next_at=next_at,
            status=status,
            seconds=max(0.0, now - began),
            quiet_until=quiet,
        )


def _seconds(text: str) -> float:
    """``Retry-After`` in seconds; 0 where it is none, or a date."""
    return float(text) if text.isdecimal() and len(text) < 7 else 0.0
