"""The demo tenant: two phones, ready to call each other. Loaded once; what is changed in it afterwards stays changed."""

from __future__ import annotations

from pathlib import Path

import centralita
from centralita.app.errors import StartError
from centralita.app.greeting import Account
from centralita.pbx.configuration.problems import ConfigurationRefused
from centralita.pbx.model.snapshot import Snapshot
from centralita.store.configs import ConfigStore
from centralita.store.database import Database
from centralita.store.documents import load as load_documents
from centralita.store.secrets import SecretBox

TENANT = "demo"
_PACKAGE = Path(centralita.__file__).parent
_PLACES = (_PACKAGE / "examples", _PACKAGE.parent.parent / "examples")
"""Where the examples are when installed, and in a checkout."""


def load_demo(database: Database, secrets: SecretBox) -> None:
    """Publish the demo tenant, unless there is one. Raises StartError."""
    configs = ConfigStore(database, secrets)
    if TENANT in configs.tenants():
        return
    file = next((place / "demo.yaml" for place in _PLACES if (place / "demo.yaml").is_file()), None)
    if file is None:
        raise StartError(
            "The demo's configuration, examples/demo.yaml, is missing", "Install Centralita again"
        )
    try:
        configs.apply(load_documents([file]), author="centralita", comment="the demo tenant")
    except ConfigurationRefused as error:
        raise StartError(
            f"The demo's configuration is refused: {error.problems[0]}",
            "Another tenant may use its names; start without --demo",
        ) from None


def demo_accounts(snapshots: list[Snapshot]) -> list[Account]:
    """The demo's phones with their passwords, by extension; none where it was removed."""
    found = []
    for snapshot in snapshots:
        if snapshot.tenant != TENANT:
            continue
        for device in snapshot.devices.values():
            user = snapshot.users[device.user]
            if device.username and device.password:
                password = device.password.get_secret_value()
                found.append(Account(user.name, user.extension or "", device.username, password))
    return sorted(found, key=lambda account: (account.extension, account.username))
