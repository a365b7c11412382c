"""The web process: FastAPI on uvicorn. The composition is two lines; what it serves is in ``centralita.web``."""

from __future__ import annotations

import logging
import sys

import uvicorn
from sqlalchemy import text

from centralita.app.logs import configure_logs
from centralita.settings import Settings, load
from centralita.store.database import Database
from centralita.web.application import create


def serve(settings: Settings) -> None:
    """Serve until SIGTERM."""
    database = Database(settings.database)

    def check() -> None:
        with database.read() as connection:
            connection.execute(text("SELECT 1"))

    config = uvicorn.Config(
        create(settings, check),
        host=settings.bind,
        port=settings.http_port,
        log_config=None,
        access_log=settings.log_level == "debug",
        server_header=False,
        timeout_graceful_shutdown=3,
        limit_concurrency=200,  # it is for monitors; a crowd gets 503
    )
    uvicorn.Server(config).run()


def main() -> int:
    settings = load()
    configure_logs("web", settings)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)  # that it starts and stops, the supervisor tells
    serve(settings)
    return 0


if __name__ == "__main__":
    sys.exit(main())
