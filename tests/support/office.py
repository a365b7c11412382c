"""The company of the tests: who works there, with which telephones, and how it reaches the world."""

from __future__ import annotations

from typing import Any

from support.baresip import Account
from support.exchange import Exchange

TENANT = "office"
TRUNK_HOST = "127.0.0.2"
"""Where the provider's calls come from, and where calls to the outside go."""

#: User → extension.
EXTENSIONS = {"ana": "101", "berta": "102", "carla": "103", "david": "104", "eva": "105", "fermin": "106"}
NUMBERS = {user: f"+34910000{extension}" for user, extension in EXTENSIONS.items()}
#: Devices → whose they are. Carla has two; Eva's is never switched on.
DEVICES = {
    "ana": "ana",
    "berta": "berta",
    "carla-desk": "carla",
    "carla-mobile": "carla",
    "david": "david",
    "eva": "eva",
    "fermin": "fermin",
}
SITE_NUMBER = "+34910000100"


def password(device: str) -> str:
    return f"Pass-word-{device}-77"


def account(exchange: Exchange, device: str, transport: str = "udp") -> Account:
    """What is typed into the phone."""
    return Account(device, password(device), exchange.sip, transport)


def documents(trunk_port: int) -> list[dict[str, Any]]:
    """The tenant's configuration. David, Eva and Fermín have no voicemail, and Fermín is only rung for 3 s."""
    made: list[dict[str, Any]] = [
        {"kind": "tenant", "id": TENANT},
        {
            "kind": "site",
            "id": "main",
            "language": "en",
            "country": "ES",
            "time_zone": "Europe/Madrid",
            "number": SITE_NUMBER,
        },
        {
            "kind": "trunk",
            "id": "provider",
            "host": TRUNK_HOST,
            "port": trunk_port,
            "addresses": [TRUNK_HOST],
            "options_seconds": 0,
        },
    ]
    for user, extension in EXTENSIONS.items():
        personal: dict[str, Any] = {
            "voicemail": {"enabled": user in ("ana", "berta", "carla"), "mail": False}
        }
        if user in ("fermin", "berta"):
            personal["ring_seconds"] = 3
        made.append(
            {
                "kind": "user",
                "id": user,
                "name": user.capitalize(),
                "site": "main",
                "extension": extension,
                "personal": personal,
            }
        )
        made.append(
            {
                "kind": "number",
                "id": f"did-{user}",
                "number": NUMBERS[user],
                "trunk": "provider",
                "destination": f"user:{user}",
            }
        )
    made += [
        {"kind": "device", "id": device, "user": user, "username": device, "password": password(device)}
        for device, user in DEVICES.items()
    ]
    return made
