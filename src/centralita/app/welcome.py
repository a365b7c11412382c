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
from centralita.store.configs import ConfigStore
from centralita.store.database import Database
from centralita.store.secrets import SecretBox, load_key


def facts(settings: Settings, *, demo: bool) -> Facts:
    """Everything that is told. The passwords are told of the demo only."""
    database = Database(settings.database)
    snapshots = ConfigStore(database, SecretBox(load_key(settings.secret_key_file))).snapshots()
    database.close()
    return Facts(
        server=settings.advertised_host,
        sip_port=settings.sip_port,
        http_port=settings.http_port,
        rtp_ports=str(settings.rtp_ports),
        data=str(settings.data.absolute()),
        command=command(),
        accounts=demo_accounts(snapshots) if demo else [],
        tenants=len(snapshots),
    )


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
