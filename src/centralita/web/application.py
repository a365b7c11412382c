"""The web process: the API's health page and the metrics. It never touches a call; it asks the switch.

It imports no switch and no supervisor: it talks through the control socket, the state file of the processes and the database.
"""

from __future__ import annotations

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from centralita import __version__
from centralita.control import ControlClient
from centralita.settings import Settings
from centralita.web.health import DatabaseCheck, Health, look
from centralita.web.metrics import SwitchCollector

PATIENCE = 2.0
"""Seconds for the switch to answer before it counts as down."""


def create(settings: Settings, database: DatabaseCheck) -> FastAPI:
    """The application. ``database`` raises where the database does not answer."""
    app = FastAPI(
        title="Centralita",
        version=__version__,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # the pages that FastAPI brings load their scripts from strangers
        redoc_url=None,
    )
    switch = ControlClient(settings.switch_socket, timeout=PATIENCE)
    registry = CollectorRegistry()
    registry.register(SwitchCollector(switch, settings))

    # Plain functions: FastAPI runs them in threads, so that waiting for the switch holds nobody up.

    @app.get("/api/v1/health", response_model=Health, responses={503: {"model": Health}})
    def health() -> JSONResponse:
        """Each process and what it depends on; 503 where calls cannot be taken or records not be read."""
        found = look(settings, switch, database)
        return JSONResponse(found.model_dump(mode="json"), status_code=200 if found.ok else 503)

    @app.get("/metrics", include_in_schema=False)
    def metrics() -> Response:
        """Prometheus text format."""
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return app
