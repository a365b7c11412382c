"""The web process: the API under ``/api/v1``, the console, the health page and the metrics. It never touches a call; it asks the switch.

It imports no switch, no store and no supervisor: what it needs of them is in :mod:`centralita.web.parts`, and handed in.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.types import Lifespan

from centralita import __version__
from centralita.control import ControlClient
from centralita.settings import Settings
from centralita.web import console, events, problems
from centralita.web.doorman import Doorman, DoorSettings
from centralita.web.first_run import FirstRun
from centralita.web.health import Health, look
from centralita.web.metrics import SwitchCollector
from centralita.web.oidc import providers
from centralita.web.parts import WebParts
from centralita.web.passwords import Passwords
from centralita.web.shield import Shield
from centralita.web.signing_in import SigningIn
from centralita.web.single_sign_on import SingleSignOn
from centralita.web.slices import (
    accounts,
    audit,
    calls,
    devices,
    directory,
    drafts,
    greeting,
    hours,
    imports,
    live,
    me,
    objects,
    overrides,
    overview,
    personal,
    plans,
    prompts,
    queues,
    recordings,
    registrations,
    security,
    session,
    setup,
    simulation,
    single_sign_on,
    tenants,
    tokens,
    trunks,
    versions,
    voicemail,
    webhooks,
)

PATIENCE = 2.0
"""Seconds for the switch to answer before it counts as down."""
PREFIX = "/api/v1"
SLICES: tuple[APIRouter, ...] = (
    setup.router,
    session.router,
    single_sign_on.router,
    me.router,
    tokens.router,
    accounts.router,
    audit.router,
    security.router,
    tenants.router,
    plans.router,
    plans.tenant_router,
    overview.router,
    calls.router,
    recordings.router,
    voicemail.router,
    prompts.router,
    prompts.speech_router,
    live.router,
    queues.router,
    registrations.router,
    trunks.router,
    overrides.router,
    events.router,
    *objects.routers(),
    personal.router,
    greeting.router,
    devices.router,
    devices.fetching,
    directory.router,
    versions.router,
    drafts.router,
    simulation.router,
    hours.router,
    imports.router,
    webhooks.router,
)
"""Every resource of the API; each router has its own path below the prefix."""


def bare(lifespan: Lifespan[FastAPI] | None = None) -> FastAPI:
    """Every resource of the API and what surrounds it, without the adapters that requests need: enough for its OpenAPI document."""
    app = FastAPI(
        title="Centralita",
        version=__version__,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,  # the pages that FastAPI brings load their scripts from strangers
        redoc_url=None,
        responses=problems.RESPONSES,
        separate_input_output_schemas=False,  # a user is a user, sent or answered
        lifespan=lifespan,
    )
    for router in SLICES:
        app.include_router(router, prefix=PREFIX)
    return app


def create(
    settings: Settings,
    parts: WebParts,
    door: DoorSettings | None = None,
    passwords: Passwords | None = None,
) -> FastAPI:
    """The application."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        app.state.signing_in.close()

    app = bare(lifespan)
    app.state.parts = parts
    app.state.doorman = Doorman(parts, door)
    passwords = passwords or Passwords()
    app.state.signing_in = SigningIn(parts, app.state.doorman, passwords)
    app.state.first_run = FirstRun(parts, passwords)
    app.state.single_sign_on = SingleSignOn(
        parts, app.state.doorman, app.state.signing_in, providers(parts.providers)
    )
    app.state.feed = events.LiveFeed(parts)
    problems.install(app)
    app.add_middleware(Shield)
    _monitoring(app, settings, parts)
    console.install(app)
    return app


def _monitoring(app: FastAPI, settings: Settings, parts: WebParts) -> None:
    """What monitors ask, without signing in: it names no tenant, no user and no address."""
    switch = ControlClient(settings.switch_socket, timeout=PATIENCE)
    registry = CollectorRegistry()
    registry.register(SwitchCollector(switch, settings))

    # Plain functions: FastAPI runs them in threads, so that waiting for the switch holds nobody up.

    @app.get(f"{PREFIX}/health", response_model=Health, responses={503: {"model": Health}})
    def health() -> JSONResponse:
        """Each process and what it depends on; 503 where calls cannot be taken or records not be read."""
        found = look(settings, switch, parts.database)
        return JSONResponse(found.model_dump(mode="json"), status_code=200 if found.ok else 503)

    @app.get("/metrics", include_in_schema=False)
    def metrics() -> Response:
        """Prometheus text format."""
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
