"""Centralita as an operator runs it: ``centralita up`` with all its processes, its journal and its records."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import yaml

from support.waiting import until
from systems.base import CALLS_PER_USER, NUMBERS, PASSWORD, REALM, System, device_name

COMMAND = Path(sys.executable).with_name("centralita")


class Centralita(System):
    name = "centralita"

    @classmethod
    def missing(cls) -> str:
        return (
            ""
            if COMMAND.exists()
            else "the command centralita is not installed in this environment: make setup"
        )

    @property
    def environment(self) -> dict[str, str]:
        host, _, port = self.site.sip.rpartition(":")
        first, last = self.site.audio
        return {
            "CENTRALITA_DATA": str(self.work / "data"),
            "CENTRALITA_BIND": host,
            "CENTRALITA_ADVERTISE": host,
            "CENTRALITA_SIP_PORT": port,
            "CENTRALITA_HTTP_PORT": str(self.site.http_port),
            "CENTRALITA_RTP_PORTS": f"{first}-{last}",
            "CENTRALITA_REALM": REALM,
            "CENTRALITA_LOG_LEVEL": "warning",
        }

    def prepare(self) -> None:
        """The data folder with its configuration, made before the clock of the cold start runs."""
        self.work.mkdir(parents=True, exist_ok=True)
        configuration = self.work / "bench.yaml"
        configuration.write_text(yaml.safe_dump_all(self._documents()))
        self._run("init")
        self._run("apply", "-f", str(configuration))

    def start(self) -> None:
        if not (self.work / "data").exists():
            self.prepare()
        self.launch([str(COMMAND), "up", "--quiet"], **self.environment)
        self.answers()

    def settle(self) -> None:
        """Wait until everything is up, not only what answers calls."""
        until(self._healthy, "centralita is healthy", seconds=30, every=0.1)

    def records(self) -> int:
        """Call records written so far, a thousand at most."""
        return len(json.loads(self._run("calls", "--limit", "1000", "--json"))["past"])

    def _healthy(self) -> bool:
        try:
            url = f"http://{self.site.sip.rpartition(':')[0]}:{self.site.http_port}/api/v1/health"
            with urllib.request.urlopen(url, timeout=2) as reply:
                return bool(json.load(reply)["ok"])
        except OSError:
            return False

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [str(COMMAND), *arguments],
            capture_output=True,
            text=True,
            cwd=self.work,
            env={**os.environ, **self.environment},
            timeout=300,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"centralita {' '.join(arguments)}: {done.stderr or done.stdout}")
        return done.stdout

    def _documents(self) -> list[dict[str, Any]]:
        documents: list[dict[str, Any]] = [
            {"kind": "tenant", "id": "bench"},
            {"kind": "site", "id": "main", "first_extension": "10000", "last_extension": "99999"},
            {
                "kind": "trunk",
                "id": "provider",
                "host": self.site.trunk,
                "port": 16_000,
                "options_seconds": 0,
                "max_calls": 100_000,
            },
        ]
        for index in range(self.site.devices):
            documents += [
                {
                    "kind": "user",
                    "id": f"user{index:05d}",
                    "name": f"User {index}",
                    "site": "main",
                    "extension": str(10_000 + index),
                    "max_calls": CALLS_PER_USER,
                },
                {
                    "kind": "device",
                    "id": device_name(index),
                    "user": f"user{index:05d}",
                    "username": device_name(index),
                    "password": PASSWORD,
                },
            ]
        documents += [
            {"kind": "number", "id": f"number{at}", "number": number, "destination": f"user:user{at:05d}"}
            for at, number in enumerate(NUMBERS)
        ]
        return documents
