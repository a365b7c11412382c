"""The web process: FastAPI on uvicorn, with the adapters it works on. What it serves is in ``centralita.web``."""

from __future__ import annotations

import logging
import sys
import time
from dataclasses import replace
from functools import partial
from urllib.parse import urlsplit

import uvicorn
from sqlalchemy import text

from centralita.accounts import secret_hash
from centralita.app.child import FATAL_EXIT_CODE
from centralita.app.jobs import jobs_settings
from centralita.app.logs import configure_logs
from centralita.app.post import SmtpPost
from centralita.app.speech import speak
from centralita.control import ControlClient
from centralita.jobs.own_prompts import take_sound
from centralita.settings import Settings, load
from centralita.store import documents
from centralita.store.accounts import AccountStore
from centralita.store.audit import AuditStore
from centralita.store.configs import ConfigStore
from centralita.store.database import Database, DatabaseUnavailable
from centralita.store.idempotency import IdempotentRequests
from centralita.store.last_seen import last_calls
from centralita.store.mailboxes import MailboxStore
from centralita.store.overview import CallOverview
from centralita.store.plans import PlanStore
from centralita.store.records import RecordStore
from centralita.store.secrets import (
    SecretBox,
    SecretsUnavailable,
    derive,
    load_key,
    make_password,
    setup_code,
)
from centralita.store.sessions import SessionStore
from centralita.store.setup_links import SetupLinks
from centralita.store.sounds import OwnSounds
from centralita.store.tokens import TokenStore
from centralita.store.webhooks import WebhookStore
from centralita.web.application import create
from centralita.web.callparts import CallParts
from centralita.web.doorman import DoorSettings
from centralita.web.oidc import ProviderSettings
from centralita.web.parts import SipServer, WebParts

MAIL_SECONDS = 10.0
"""For each answer of the mail server: an administrator waits for it."""
MAX_MESSAGE = 64 * 1024
"""Bytes of a WebSocket message. Security limit."""


def web_parts(settings: Settings) -> WebParts:
    """Raises DatabaseUnavailable where the URL is none, SecretsUnavailable."""
    database = Database(settings.database)
    key = load_key(settings.secret_key_file)
    secrets = SecretBox(key)

    def check() -> None:
        with database.read() as connection:
            connection.execute(text("SELECT 1"))

    return WebParts(
        database=check,
        together=database.together,
        accounts=AccountStore(database, secrets),
        sessions=SessionStore(database),
        tokens=TokenStore(database),
        audit=AuditStore(database),
        configs=ConfigStore(database, secrets),
        documents=documents,
        plans=PlanStore(database),
        webhooks=WebhookStore(database, secrets),
        lookup_allow=settings.lookup_allow,
        idempotency=IdempotentRequests(database, secrets),
        setup_code=secret_hash(setup_code(key)),
        tag_key=derive(key, "tags"),
        last_calls=partial(last_calls, database),
        calls=CallParts(
            records=RecordStore(database),
            overview=CallOverview(database),
            mailboxes=MailboxStore(settings.voicemail_folder, time.time),
            sounds=OwnSounds(settings.prompts_folder),
            take_sound=take_sound,
            speak=speak,
            data=settings.data,
        ),
        switch=ControlClient(settings.switch_socket),
        sip=SipServer(settings.advertised_host, settings.sip_port, settings.realm),
        setup_links=SetupLinks(database),
        make_password=make_password,
        providers=providers(settings),
        post=SmtpPost(replace(jobs_settings(settings).mail, timeout=MAIL_SECONDS)),
    )


def providers(settings: Settings) -> tuple[ProviderSettings, ...]:
    """By whom people may have themselves signed in."""
    if not settings.oidc_issuer:
        return ()
    secret = settings.oidc_client_secret
    return (
        ProviderSettings(
            id="main",
            name=settings.oidc_name or urlsplit(settings.oidc_issuer).hostname or "OpenID Connect",
            issuer=settings.oidc_issuer,
            client_id=settings.oidc_client_id,
            client_secret=secret.get_secret_value() if secret is not None else "",
            allow=settings.lookup_allow,
            users_of=settings.oidc_users,
        ),
    )


def door_settings(settings: Settings) -> DoorSettings:
    """How long a session lasts, and where browsers reach us."""
    return DoorSettings(
        idle=settings.session_idle_hours * 3600,
        longest=settings.session_days * 86400,
        origin=settings.public_url,
    )


def serve(settings: Settings, parts: WebParts) -> None:
    """Serve until SIGTERM."""
    config = uvicorn.Config(
        create(settings, parts, door_settings(settings)),
        host=settings.bind,
        port=settings.http_port,
        log_config=None,
        access_log=settings.log_level == "debug",
        server_header=False,
        forwarded_allow_ips=[str(network) for network in settings.trusted_proxies],
        timeout_graceful_shutdown=3,
        limit_concurrency=2000,  # live boards hold a connection each; a crowd gets 503
        ws_max_size=MAX_MESSAGE,
        ws_per_message_deflate=False,  # compressed anew for each board, it would cost more than all the rest of them
    )
    uvicorn.Server(config).run()


def main() -> int:
    settings = load()
    log = configure_logs("web", settings)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)  # that it starts and stops, the supervisor tells
    try:
        parts = web_parts(settings)
    except (DatabaseUnavailable, SecretsUnavailable) as error:
        log.error(error.message, mend=error.mend)
        return FATAL_EXIT_CODE
    serve(settings, parts)
    return 0


if __name__ == "__main__":
    sys.exit(main())
