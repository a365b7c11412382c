"""Prints what to do next, once everything runs: a process that ends at once, so that the supervisor stays small."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path

from centralita.app.demo import demo_accounts
from centralita.app.greeting import Facts, greeting, language
from centralita.settings import Settings, load
from centralita.store.accounts import AccountStore
from centralita.store.configs import ConfigStore
from centralita.store.database import Database
from centralita.store.secrets import SecretBox, load_key, setup_code


def facts(settings: Settings, *, demo: bool) -> Facts:
    """Everything that is told. The passwords are told of the demo only."""
    database = Database(settings.database)
    key = load_key(settings.secret_key_file)
    secrets = SecretBox(key)
    snapshots = ConfigStore(database, secrets).snapshots()
    anybody = AccountStore(database, secrets).any()
    database.close()
    return Facts(
        server=settings.advertised_host,
        sip_port=settings.sip_port,
        origin=origin(settings),
        rtp_ports=str(settings.rtp_ports),
        data=str(settings.data.absolute()),
        command=command(),
        accounts=demo_accounts(snapshots) if demo else [],
        tenants=len(snapshots),
        setup="" if anybody else setup_link(settings, key),
    )


def origin(settings: Settings) -> str:
    """Where browsers reach us: as set, else by this machine's address."""
    if settings.public_url:
        return settings.public_url
    host = settings.advertised_host
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.http_port}"


def setup_link(settings: Settings, key: bytes) -> str:
    """Where the console makes the first administrator. The code stands behind ``#``, so that it is in no log of a server."""
    return f"{origin(settings)}/setup#code={setup_code(key)}"


def command() -> str:
    """How ``centralita`` is called from the folder we were started in."""
    if shutil.which("centralita"):
        return "centralita"
    script = Path(sys.executable).with_name("centralita")
    here = Path.cwd()
    return str(script.relative_to(here) if script.is_relative_to(here) else script)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m centralita.app.welcome")
    parser.add_argument("--demo", action="store_true")
    options = parser.parse_args()
    print(greeting(facts(load(), demo=options.demo), language(os.environ)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
