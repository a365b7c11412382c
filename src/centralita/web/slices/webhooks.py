"""``/tenants/{tenant}/webhooks``: what a company is told of at an address of its own, and the log of what was sent there.

A webhook hands calls on to whoever has its address, so making one needs the right to read calls as well. The jobs process sends.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.responses import JSONResponse

from centralita.accounts import new_id
from centralita.fetch import FetchFailed, is_public, web_host
from centralita.pbx.model.base import NO_SPACES, ONE_LINE
from centralita.web import etags
from centralita.web.access import Action
from centralita.web.desk import AtDesk, Desk, changes_between
from centralita.web.idempotent import IdempotencyKey, once
from centralita.web.paging import Page, WantedPage, encode_cursor
from centralita.web.parts import Webhooks, WebParts
from centralita.web.problems import Problem
from centralita.webhooks import (
    MAX_WAITING,
    MAX_WEBHOOKS,
    Delivery,
    DeliveryState,
    HookEvent,
    TooMany,
    Webhook,
    new_hook_secret,
)

router = APIRouter(prefix="/tenants/{tenant}/webhooks", tags=["webhooks"])

Chosen = Literal[
    "call.started",
    "call.answered",
    "call.ended",
    "call.missed",
    "queue.abandoned",
    "voicemail.left",
    "recording.ready",
]
HookName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80, pattern=ONE_LINE)]
HookUrl = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=NO_SPACES)]
Events = Annotated[list[Chosen], Field(min_length=1, max_length=20)]


class WebhookBody(BaseModel):
    id: str
    name: str
    url: str
    events: list[HookEvent]
    enabled: bool
    state: Literal["ok", "failing", "disabled"]
    """``failing``: the last try came to nothing; ``error`` says why."""
    created_at: datetime
    failing_since: datetime | None
    error: str
    delivered_at: datetime | None
    """When a message was last taken."""
    dropped: int
    """Messages that were not kept, because too many were waiting."""


class WebhookMade(WebhookBody):
    secret: str
    """``whsec_…``: by it the receiver tells that a message is ours. It is told now and never again."""


class WebhookSecret(BaseModel):
    secret: str
    """It is told now and never again. The one before signs beside it for a day."""


class _Wanted(BaseModel):
    model_config = ConfigDict(extra="forbid")


class WebhookWanted(_Wanted):
    url: HookUrl
    """https, or http. Never an address of our own network, unless the installation allows it."""
    events: Events
    name: HookName = ""
    enabled: bool = True


class WebhookChange(_Wanted):
    """What is not mentioned stays."""

    url: HookUrl = ""
    events: Events = ["call.ended"]
    name: HookName = ""
    enabled: bool = True


class DeliveryBody(BaseModel):
    id: str
    """``webhook-id`` of the message: the same at every try."""
    event: HookEvent
    state: DeliveryState
    attempts: int
    created_at: datetime
    next_at: datetime | None
    """When it is tried next; null: it is done with."""
    done_at: datetime | None
    status: int | None
    """Of the last answer; null: there was none."""
    seconds: float | None
    """How long the last try took."""
    error: str


class DeliveryDetail(DeliveryBody):
    body: str
    """What is sent, as it is signed."""


# --- webhooks ---------------------------------------------------------------------------------------------------------


@router.get("", operation_id="list_webhooks")
def webhooks(desk: AtDesk) -> list[WebhookBody]:
    """Oldest first."""
    return [_body(each) for each in desk.reach(Action.CONFIG_READ).webhooks.of(desk.tenant)]


@router.post("", operation_id="add_webhook", status_code=201, response_model=WebhookMade)
def add_webhook(desk: AtDesk, wanted: WebhookWanted, idempotency_key: IdempotencyKey = None) -> Response:
    """Make one. The secret in the answer is shown this once."""
    parts = _writing(desk)
    _check_url(parts, wanted.url)

    def make() -> Response:
        webhook = Webhook(
            id=new_id(),
            tenant=desk.tenant,
            url=wanted.url,
            events=_events(wanted.events),
            name=wanted.name,
            enabled=wanted.enabled,
            created_at=desk.now,
        )
        secret = new_hook_secret()
        try:
            parts.webhooks.add(webhook, secret)
        except TooMany:
            raise Problem.conflict(
                "too-many", f"A company has {MAX_WEBHOOKS} webhooks at most", mend="Remove one first"
            ) from None
        desk.note("webhook.create", f"webhook/{webhook.id}", changes_between(None, _fields(webhook)))
        made = WebhookMade(**dict(_body(webhook)), secret=secret)
        headers = {
            "ETag": _tag(webhook),
            "Location": f"/api/v1/tenants/{desk.tenant}/webhooks/{webhook.id}",
        }
        return JSONResponse(made.model_dump(mode="json"), 201, headers)

    request = {"webhook": desk.tenant, **wanted.model_dump()}
    return once(desk, parts, idempotency_key, request, make)


@router.get("/{webhook}", operation_id="get_webhook")
def webhook(desk: AtDesk, response: Response, webhook: str) -> WebhookBody:
    """One of them."""
    found = _found(desk, desk.reach(Action.CONFIG_READ).webhooks, webhook)
    response.headers["ETag"] = _tag(found)
    return _body(found)


@router.patch("/{webhook}", operation_id="change_webhook")
def change_webhook(
    desk: AtDesk,
    response: Response,
    webhook: str,
    change: WebhookChange,
    if_match: etags.IfMatch = None,
) -> WebhookBody:
    """Change what is sent. What waits is tried again at once."""
    parts = _writing(desk)
    store = parts.webhooks
    before = _found(desk, store, webhook)
    etags.check(if_match, _tag(before))
    after, sent = before, change.model_fields_set
    if "url" in sent:
        _check_url(parts, change.url)
        after = replace(after, url=change.url)
    if "events" in sent:
        after = replace(after, events=_events(change.events))
    if "name" in sent:
        after = replace(after, name=change.name)
    if "enabled" in sent:
        after = replace(after, enabled=change.enabled)
    if after != before:
        changed = store.change(after)
        if changed is None:
            raise etags.outdated()
        after = changed
        desk.note("webhook.change", f"webhook/{webhook}", changes_between(_fields(before), _fields(after)))
    response.headers["ETag"] = _tag(after)
    return _body(after)


@router.delete("/{webhook}", operation_id="remove_webhook", status_code=204)
def remove_webhook(desk: AtDesk, webhook: str, if_match: etags.IfMatch = None) -> None:
    """With its log, and what waits to be sent."""
    store = _writing(desk).webhooks
    before = _found(desk, store, webhook)
    etags.check(if_match, _tag(before))
    if not store.remove(desk.tenant, webhook):
        raise _no_such()
    desk.note("webhook.remove", f"webhook/{webhook}", changes_between(_fields(before), None))


@router.post("/{webhook}/secret", operation_id="renew_webhook_secret")
def renew_webhook_secret(desk: AtDesk, webhook: str) -> WebhookSecret:
    """A new secret. For a day messages are signed with the one before as well."""
    store = _writing(desk).webhooks
    secret = new_hook_secret()
    if not store.renew_secret(desk.tenant, webhook, secret, desk.now):
        raise _no_such()
    desk.note("webhook.secret", f"webhook/{webhook}", changes_between({"secret": "old"}, {"secret": "new"}))
    return WebhookSecret(secret=secret)


@router.post("/{webhook}/test", operation_id="test_webhook", status_code=202)
def test_webhook(desk: AtDesk, webhook: str) -> DeliveryBody:
    """Send a message that means nothing (``webhook.test``); how it went is in the log a moment later."""
    store = _writing(desk).webhooks
    found = _found(desk, store, webhook)
    if not found.enabled:
        raise Problem.conflict("webhook-disabled", "This webhook is disabled", mend="Enable it first")
    message = {
        "type": HookEvent.TEST.value,
        "timestamp": datetime.fromtimestamp(desk.now, UTC).isoformat(timespec="milliseconds"),
        "tenant": desk.tenant,
        "data": {"by": desk.author},
    }
    try:
        delivery = store.send(webhook, HookEvent.TEST, json.dumps(message, separators=(",", ":")), desk.now)
    except TooMany:
        raise Problem.conflict(
            "too-many",
            f"{MAX_WAITING} messages wait for this webhook already",
            mend="Have the address answer, or remove the webhook",
        ) from None
    desk.note("webhook.test", f"webhook/{webhook}")
    return _delivery(delivery)


# --- the log ----------------------------------------------------------------------------------------------------------


@router.get("/{webhook}/deliveries", operation_id="list_webhook_deliveries")
def deliveries(
    desk: AtDesk,
    webhook: str,
    paging: WantedPage,
    state: Annotated[DeliveryState | None, Query(description="Only these.")] = None,
) -> Page[DeliveryBody]:
    """Newest first. What is done with is kept for a week, and of one webhook 10,000 at most."""
    store = desk.reach(Action.CONFIG_READ).webhooks
    _found(desk, store, webhook)
    key = paging.after(2)
    before = None
    if key is not None:
        at, ident = key
        if not isinstance(at, int | float) or not isinstance(ident, str):
            raise Problem.invalid(
                "cursor", "This is no cursor of this list", "Take `next` of the page before"
            )
        before = (float(at), ident)
    found = store.deliveries(
        webhook, before=before, limit=paging.limit + 1, state=state.value if state else ""
    )
    shown = found[: paging.limit]
    more = len(found) > paging.limit
    return Page(
        items=[_delivery(each) for each in shown],
        next=encode_cursor(shown[-1].created_at, shown[-1].id) if more else None,
    )


@router.get("/{webhook}/deliveries/{delivery}", operation_id="get_webhook_delivery")
def delivery(desk: AtDesk, webhook: str, delivery: str) -> DeliveryDetail:
    """With what is sent, which tells of calls."""
    desk.require(Action.CALLS_READ)
    store = desk.reach(Action.CONFIG_READ).webhooks
    _found(desk, store, webhook)
    found = store.delivery(webhook, delivery)
    if found is None:
        raise Problem.not_found("There is no such message")
    return DeliveryDetail(**dict(_delivery(found)), body=found.body)


@router.post("/{webhook}/deliveries/{delivery}/redeliver", operation_id="redeliver_webhook", status_code=202)
def redeliver(desk: AtDesk, webhook: str, delivery: str) -> DeliveryBody:
    """Send it once more, with the same id, and try for another day."""
    store = _writing(desk).webhooks
    found = _found(desk, store, webhook)
    if not found.enabled:
        raise Problem.conflict("webhook-disabled", "This webhook is disabled", mend="Enable it first")
    if not store.send_again(webhook, delivery, desk.now):
        raise Problem.not_found("There is no such message")
    desk.note("webhook.redeliver", f"webhook/{webhook}", {"message": (None, delivery)})
    again = store.delivery(webhook, delivery)
    if again is None:
        raise Problem.not_found("There is no such message")
    return _delivery(again)


# --- within -----------------------------------------------------------------------------------------------------------


def _writing(desk: Desk) -> WebParts:
    parts = desk.reach(Action.CONFIG_WRITE)
    desk.require(Action.CALLS_READ)
    return parts


def _found(desk: Desk, store: Webhooks, webhook: str) -> Webhook:
    found = store.get(desk.tenant, webhook)
    if found is None:
        raise _no_such()
    return found


def _no_such() -> Problem:
    return Problem.not_found("There is no such webhook")


def _check_url(parts: WebParts, url: str) -> None:
    """Raises Problem, 422. Where a name leads is looked at each time that something is sent there."""
    try:
        host = web_host(url)
    except FetchFailed as error:
        raise Problem.invalid("url", f"This cannot be sent to: {error}", "Write https://host/path") from None
    with suppress(ValueError):  # a name
        if not is_public("127.0.0.1" if host == "localhost" else host, parts.lookup_allow):
            raise Problem.invalid(
                "url",
                "This is within a private network",
                "Take an address of the public web",
                code="internal-address",
            )


def _events(chosen: list[Chosen]) -> tuple[HookEvent, ...]:
    return tuple(event for event in HookEvent if event.value in chosen)


def _fields(webhook: Webhook) -> Mapping[str, object]:
    """What the audit log says of a webhook."""
    return {
        "name": webhook.name,
        "url": webhook.url,
        "events": [event.value for event in webhook.events],
        "enabled": webhook.enabled,
    }


def _tag(webhook: Webhook) -> str:
    return etags.etag_of([webhook.id, webhook.revision])


def _body(webhook: Webhook) -> WebhookBody:
    state: Literal["ok", "failing", "disabled"] = "ok" if webhook.failing_since is None else "failing"
    return WebhookBody(
        id=webhook.id,
        name=webhook.name,
        url=webhook.url,
        events=list(webhook.events),
        enabled=webhook.enabled,
        state=state if webhook.enabled else "disabled",
        created_at=datetime.fromtimestamp(webhook.created_at, UTC),
        failing_since=_instant(webhook.failing_since),
        error=webhook.error,
        delivered_at=_instant(webhook.delivered_at),
        dropped=webhook.dropped,
    )


def _delivery(delivery: Delivery) -> DeliveryBody:
    return DeliveryBody(
        id=delivery.id,
        event=delivery.event,
        state=delivery.state,
        attempts=delivery.attempts,
        created_at=datetime.fromtimestamp(delivery.created_at, UTC),
        next_at=_instant(delivery.next_at),
        done_at=_instant(delivery.done_at),
        status=delivery.status or None,
        seconds=delivery.seconds,
        error=delivery.error,
    )


def _instant(at: float | None) -> datetime | None:
    return None if at is None else datetime.fromtimestamp(at, UTC)
