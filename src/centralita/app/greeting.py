"""What is printed when everything runs: what to do next, in Spanish or English. Pure: facts in, text out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Account:
    """A phone that is ready to be typed into a softphone."""

    name: str
    extension: str
    username: str
    password: str


@dataclass(frozen=True, slots=True)
class Facts:
    server: str
    sip_port: int
    origin: str
    """Where browsers reach us: ``http://192.0.2.5:8080``."""
    rtp_ports: str
    data: str
    command: str
    """How to call ``centralita`` from here."""
    accounts: Sequence[Account]
    tenants: int
    setup: str = ""
    """The link by which the first administrator is made; empty once there is an account."""


_TEXTS = {
    "en": {
        "runs": "Centralita is running.",
        "sip": "SIP",
        "audio": "audio",
        "data": "data",
        "console": "console",
        "setup": "Open this to make the first administrator and your company. It is good until you have:",
        "phones": "These phones are ready. Type one into a softphone (Linphone, Zoiper, MicroSIP, baresip…):",
        "server": "server",
        "user": "user",
        "password": "password",
        "extension": "extension",
        "dial": "Then dial:",
        "echo": "hear yourself: the echo test",
        "call": "call {name}; nobody answers? leave a message",
        "voicemail": "listen to it, on the phone it was left for",
        "dnd": "do not disturb, on / off",
        "look": "Look at it from another terminal:",
        "registrations": "which phones are there",
        "calls": "who called whom; `calls show last` tells why and how",
        "doctor": "what is wrong, and how to mend it",
        "none": "No company is configured yet. Without a browser: {command} apply -f FILE (or start with --demo)",
        "stop": "Ctrl-C stops it.",
    },
    "es": {
        "runs": "Centralita está en marcha.",
        "sip": "SIP",
        "audio": "audio",
        "data": "datos",
        "console": "consola",
        "setup": "Abre esto para crear el primer administrador y tu empresa. Vale hasta que lo hagas:",
        "phones": "Estos teléfonos están listos. Escribe uno en un softphone (Linphone, Zoiper, MicroSIP, baresip…):",
        "server": "servidor",
        "user": "usuario",
        "password": "contraseña",
        "extension": "extensión",
        "dial": "Después marca:",
        "echo": "te oyes a ti mismo: la prueba de eco",
        "call": "llamas a {name}; ¿no contesta nadie? deja un mensaje",
        "voicemail": "lo escuchas, en el teléfono al que se dejó",
        "dnd": "no molestar, activar / desactivar",
        "look": "Míralo desde otro terminal:",
        "registrations": "qué teléfonos hay",
        "calls": "quién llamó a quién; `calls show last` cuenta por qué y cómo",
        "doctor": "qué está mal y cómo se arregla",
        "none": "Aún no hay ninguna empresa configurada. Sin navegador: {command} apply -f FICHERO (o arranca con --demo)",
        "stop": "Ctrl-C lo para.",
    },
}


def language(environment: Mapping[str, str]) -> str:
    """``es`` or ``en``, as the environment says (LC_ALL, LC_MESSAGES, LANG)."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name):
            return "es" if value.lower().startswith("es") else "en"
    return "en"


def greeting(facts: Facts, language: str) -> str:
    """``language``: ``es`` or ``en``."""
    text = _TEXTS[language]
    server = facts.server if facts.sip_port == 5060 else f"{facts.server}:{facts.sip_port}"
    lines = [
        "",
        text["runs"],
        *_pairs(
            [
                (text["sip"], f"{facts.server}:{facts.sip_port} (UDP, TCP)"),
                (text["console"], f"{facts.origin}/"),
                (text["audio"], f"{facts.rtp_ports} (UDP)"),
                (text["data"], facts.data),
            ]
        ),
        "",
    ]
    if facts.setup:
        lines += [text["setup"], "", f"  {facts.setup}", ""]
    if facts.accounts:
        lines += [text["phones"], ""]
        for account in facts.accounts:
            lines += _pairs(
                [
                    (text["server"], server),
                    (text["user"], account.username),
                    (text["password"], account.password),
                    (text["extension"], f"{account.extension} ({account.name})"),
                ]
            )
            lines.append("")
        lines += [text["dial"], *_pairs(_to_dial(facts.accounts, text)), ""]
    elif not facts.tenants:
        lines += [text["none"].format(command=facts.command), ""]
    lines += [
        text["look"],
        *_pairs(
            [
                (f"{facts.command} registrations", text["registrations"]),
                (f"{facts.command} calls", text["calls"]),
                (f"{facts.command} doctor", text["doctor"]),
            ]
        ),
        "",
        text["stop"],
    ]
    return "\n".join(lines)


def _to_dial(accounts: Sequence[Account], text: dict[str, str]) -> list[tuple[str, str]]:
    return [
        ("*43", text["echo"]),
        *((account.extension, text["call"].format(name=account.name)) for account in accounts),
        ("*97", text["voicemail"]),
        ("*78 / *79", text["dnd"]),
    ]


def _pairs(pairs: Sequence[tuple[str, str]]) -> list[str]:
    width = max(len(name) for name, _ in pairs)
    return [f"  {name:{width}}  {value}" for name, value in pairs]
