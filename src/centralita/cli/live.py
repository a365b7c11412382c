"""What is going on now: registrations and trunks, asked of the running switch."""

from __future__ import annotations

import typer

from centralita.cli import output
from centralita.cli.options import DataFolder, Tenant, load_settings, running_switch
from centralita.cli.output import AsJson


def register(app: typer.Typer) -> None:
    app.command()(registrations)
    app.command()(trunks)


def registrations(tenant: Tenant = "", as_json: AsJson = False, data: DataFolder = None) -> None:
    """Where phones can be reached now."""
    with running_switch(load_settings(data)) as switch:
        found = switch.registrations(tenant)
    if as_json:
        output.print_json(found)
        return
    output.print_table(
        ["tenant", "user", "device", "address", "expires in", "phone"],
        [
            (one.tenant, one.user, one.device, one.address, output.duration(one.expires_in), one.user_agent)
            for one in found
        ],
        empty="No phone is registered.",
    )


def trunks(tenant: Tenant = "", as_json: AsJson = False, data: DataFolder = None) -> None:
    """The connections to providers, and how they are."""
    with running_switch(load_settings(data)) as switch:
        found = switch.trunks(tenant)
    if as_json:
        output.print_json(found)
        return
    output.print_table(
        ["tenant", "trunk", "state", "since", "calls", "detail"],
        [
            (one.tenant, one.id, one.state, output.clock_time(one.since), one.calls, one.detail)
            for one in found
        ],
        empty="There is no trunk.",
    )
