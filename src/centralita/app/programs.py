"""What the supervisor runs: the processes of one machine, with the commands that start them."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from centralita.app.child import Program
from centralita.settings import Settings


def programs(settings: Settings, tasks: Sequence[Program] = ()) -> list[Program]:
    """The switch, the media workers, the web, the jobs, and what runs once."""
    environment = {"CENTRALITA_DATA": str(settings.data.absolute())}

    def module(name: str, *arguments: str) -> tuple[str, ...]:
        return (sys.executable, "-m", name, *arguments)

    media = [
        Program(
            f"media-{number}",
            module(
                "centralita.media.worker",
                *("--socket", str(settings.media_socket(number).absolute())),
                *("--ports", str(ports)),
                *("--bind", settings.bind),
                *("--log-format", settings.log_format),
            ),
            urgent=True,
            last=True,
            environment=environment,
        )
        for number, ports in enumerate(settings.worker_ports, start=1)
    ]
    switch = Program("switch", module("centralita.app.switch"), urgent=True, environment=environment)
    web = Program("web", module("centralita.app.web"), environment=environment)
    jobs = Program("jobs", module("centralita.app.jobs"), environment=environment)
    return [switch, *media, web, jobs, *tasks]


def task(settings: Settings, name: str, module: str, *arguments: str) -> Program:
    """A program that runs once, when the switch answers."""
    environment = {"CENTRALITA_DATA": str(settings.data.absolute())}
    return Program(name, (sys.executable, "-m", module, *arguments), once=True, environment=environment)
