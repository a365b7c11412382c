"""The settings of one installation: from ``centralita.toml``, from ``CENTRALITA_…`` variables, and sane where neither says.

A variable wins over the file. The file is the one named by ``CENTRALITA_CONFIG``, else ``centralita.toml`` in the working
directory, else ``/etc/centralita/centralita.toml``. What a tenant configures (users, trunks, numbers…) is no setting:
that lives in the store.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
import socket
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, NamedTuple
from urllib.parse import quote, urlsplit

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails

PREFIX = "CENTRALITA_"
FILE_VARIABLE = "CENTRALITA_CONFIG"
FILE_PLACES = (Path("centralita.toml"), Path("/etc/centralita/centralita.toml"))
_FOREIGN_VARIABLES = (FILE_VARIABLE, "CENTRALITA_TEST", "CENTRALITA_BENCH")
SOCKET_PATH_LIMIT = 107
"""Bytes in the path of a Unix socket (``sockaddr_un``, without its closing zero)."""


class PortRange(NamedTuple):
    """UDP ports from ``first`` to ``last``, both included."""

    first: int
    last: int

    def __str__(self) -> str:
        return f"{self.first}-{self.last}"

    def __len__(self) -> int:
        return self.last - self.first + 1

    def split(self, parts: int) -> list[PortRange]:
        """Equal ranges, one a media worker, each beginning at an even port (RTP; RTCP is the odd one above)."""
        each = len(self) // parts // 2 * 2
        return [
            PortRange(self.first + part * each, self.first + (part + 1) * each - 1) for part in range(parts)
        ]


def _parse_range(value: object) -> object:
    if isinstance(value, PortRange):
        return value
    try:
        first, last = (int(part) for part in str(value).split("-"))
    except ValueError:
        raise ValueError("write it as FIRST-LAST") from None
    if not (1024 <= first < last <= 65535):
        raise ValueError("the first must be below the last, both from 1024 to 65535")
    first += first % 2
    if last - first < 3:
        raise ValueError("it must hold two pairs of ports at least")
    return PortRange(first, last)


def _parse_networks(value: object) -> object:
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list | tuple):
        raise ValueError("write it as addresses and networks with commas between them")  # noqa: TRY004  (pydantic's way)
    try:
        return tuple(
            ipaddress.ip_network(str(part).strip(), strict=False) for part in parts if str(part).strip()
        )
    except ValueError as error:
        raise ValueError(f"{error}; write it as addresses and networks with commas between them") from None


def _parse_domains(value: object) -> object:
    """``example.com=acme,example.org=other``, or a table of a file."""
    if not isinstance(value, str):
        return value
    found = {}
    for part in filter(None, (each.strip() for each in value.split(","))):
        domain, sign, tenant = (each.strip() for each in part.partition("="))
        if not sign or not domain or not tenant or "@" in domain:
            raise ValueError("write it as DOMAIN=TENANT with commas between them")
        found[domain.lower()] = tenant
    return found


Domains = Annotated[dict[str, str], BeforeValidator(_parse_domains)]
Port = Annotated[int, Field(ge=1, le=65535)]
Ports = Annotated[PortRange, BeforeValidator(_parse_range), PlainSerializer(str)]
Networks = Annotated[
    tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...], BeforeValidator(_parse_networks)
]


class Settings(BaseModel):
    """Every setting with its default. The names in the file are these, in the environment ``CENTRALITA_`` and capitals."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    # --- where ------------------------------------------------------------------------------------------------
    data: Path = Field(Path("data"), description="the data folder", examples=["/var/lib/centralita"])
    bind: str = Field("0.0.0.0", description="the address to listen on", examples=["0.0.0.0"])
    advertise: str = Field(
        "",
        description="the IP address that phones and providers reach this machine by; behind NAT the public one",
        examples=["203.0.113.7"],
    )
    sip_port: Port = Field(5060, description="the SIP port, UDP and TCP", examples=["5060"])
    http_port: Port = Field(
        8080, description="the port of the API, the health page and the metrics", examples=["8080"]
    )
    public_url: str = Field(
        "",
        description="where browsers reach us; without it invitations are not mailed, but shown to who makes them",
        examples=["https://pbx.example.com"],
    )
    trusted_proxies: Networks = Field(
        (ipaddress.ip_network("127.0.0.1/32"), ipaddress.ip_network("::1/128")),
        description="the proxies whose word is taken for the address and the encryption of a browser",
        examples=["127.0.0.1,10.0.0.0/24"],
    )
    session_idle_hours: Annotated[float, Field(gt=0, le=720)] = Field(
        8.0,
        description="the hours without a request after which a browser has to sign in again",
        examples=["8"],
    )
    session_days: Annotated[float, Field(gt=0, le=365)] = Field(
        7.0, description="the days after which a browser has to sign in again in any case", examples=["7"]
    )
    rtp_ports: Ports = Field(
        PortRange(20000, 29999), description="the UDP ports for audio", examples=["20000-29999"]
    )
    database_url: SecretStr | None = Field(
        None,
        description="the database; where it is not set, SQLite in the data folder",
        examples=["postgresql://user:password@host/centralita"],
    )
    media_workers: Annotated[int, Field(ge=0, le=64)] = Field(
        0, description="the number of media processes; 0: one a core but one", examples=["2"]
    )

    # --- mail -------------------------------------------------------------------------------------------------
    smtp_host: str = Field(
        "", description="the mail server; empty: no mail is sent", examples=["mail.example.com"]
    )
    smtp_port: Port = Field(25, description="the port of the mail server", examples=["587"])
    smtp_security: Literal["none", "starttls", "tls"] = Field(
        "none", description="how mail is encrypted on its way", examples=["starttls"]
    )
    smtp_user: str = Field("", description="the user at the mail server", examples=["centralita"])
    smtp_password: SecretStr | None = Field(
        None, description="the password at the mail server", examples=["…"]
    )
    smtp_check_certificate: bool = Field(
        True, description="whether the mail server must prove who it is", examples=["true"]
    )
    smtp_from: str = Field(
        "centralita@localhost", description="the sender of mail", examples=["pbx@example.com"]
    )

    # --- single sign-on -----------------------------------------------------------------------------------------
    oidc_issuer: str = Field(
        "",
        description="the OpenID Connect provider that people may sign in at; empty: none",
        examples=["https://accounts.example.com"],
    )
    oidc_client_id: str = Field("", description="who we are at that provider", examples=["centralita"])
    oidc_client_secret: SecretStr | None = Field(
        None, description="the secret that the provider gave us", examples=["…"]
    )
    oidc_name: str = Field(
        "", max_length=60, description="what the sign-in button says", examples=["Example Ltd"]
    )
    oidc_users: Domains = Field(
        {},
        description="domains of mail, each with the tenant in which whoever comes from there gets an account as a user",
        examples=["example.com=acme,example.org=other"],
    )

    # --- what is said about it --------------------------------------------------------------------------------
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="how much is logged", examples=["info"]
    )
    log_format: Literal["auto", "console", "json"] = Field(
        "auto", description="the form of the log; auto: console on a terminal, else JSON", examples=["json"]
    )

    # --- limits against floods --------------------------------------------------------------------------------
    max_connections: Annotated[int, Field(ge=1)] = Field(
        10_000, description="the most open SIP connections over TCP", examples=["10000"]
    )
    max_connections_per_address: Annotated[int, Field(ge=1)] = Field(
        200, description="the most open SIP connections from one address", examples=["200"]
    )
    max_transactions: Annotated[int, Field(ge=16)] = Field(
        200_000, description="the most SIP transactions at once", examples=["200000"]
    )
    max_pending_calls: Annotated[int, Field(ge=1)] = Field(
        10_000, description="the most calls not yet answered at once", examples=["10000"]
    )
    max_message_size: Annotated[int, Field(ge=2048, le=1_048_576)] = Field(
        65_535, description="the most bytes of one SIP message", examples=["65535"]
    )

    # --- calls and what is kept -------------------------------------------------------------------------------
    realm: str = Field(
        "centralita",
        pattern=r"^[A-Za-z0-9._-]{1,64}$",
        description="the realm in which phones give their password",
        examples=["centralita"],
    )
    digest: Literal["md5,sha-256", "sha-256,md5", "md5", "sha-256"] = Field(
        "md5,sha-256",
        description="the digest algorithms offered to phones, in order; some phones look only at the first",
        examples=["sha-256,md5"],
    )
    media_timeout: Annotated[float, Field(ge=0, le=3600)] = Field(
        60.0,
        description="the seconds without audio after which a call is taken for lost; 0: never",
        examples=["60"],
    )
    journal_sync_ms: Annotated[int, Field(ge=0, le=10_000)] = Field(
        50,
        description="the most milliseconds until the journal is forced to the disk; 0: at each write",
        examples=["50"],
    )
    recording_days: Annotated[int, Field(ge=0, le=36_500)] = Field(
        0, description="the days that recordings of calls are kept; 0: for ever", examples=["365"]
    )
    journal_days: Annotated[float, Field(ge=0, le=36_500)] = Field(
        30.0,
        description="the days that the journal is kept once it is in the call records; 0: for ever",
        examples=["30"],
    )

    # --- what is asked of others --------------------------------------------------------------------------------
    lookup_allow: Networks = Field(
        (),
        description="private networks that call flows and calendars may fetch from and webhooks be sent to; the public web is always allowed",
        examples=["10.20.0.0/16,192.0.2.7"],
    )
    geoip_database: Path | None = Field(
        None,
        description="a database of countries by address (MMDB), for callers who come over the internet",
        examples=["/var/lib/GeoIP/GeoLite2-Country.mmdb"],
    )

    # --- checks -----------------------------------------------------------------------------------------------

    @field_validator("bind", "advertise")
    @classmethod
    def _is_address(cls, value: str) -> str:
        if value:
            try:
                address = ipaddress.ip_address(value)
            except ValueError:
                raise ValueError("it must be an IP address") from None
            return str(address)
        return value

    @field_validator("advertise")
    @classmethod
    def _can_be_reached(cls, value: str) -> str:
        if value and ipaddress.ip_address(value).is_unspecified:
            raise ValueError("it must be an address that others can send to")
        return value

    @field_validator("public_url")
    @classmethod
    def _is_origin(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/")):
            raise ValueError("it must be https://HOST, without a path")
        return f"{parts.scheme}://{parts.netloc.lower()}" if value else ""

    @field_validator("oidc_issuer")
    @classmethod
    def _is_issuer(cls, value: str) -> str:
        parts = urlsplit(value)
        safe = parts.scheme == "https" or parts.hostname in ("127.0.0.1", "::1", "localhost")
        if value and (not parts.hostname or not safe or parts.query or parts.fragment):
            raise ValueError("it must begin with https://")
        return value

    @field_validator("database_url")
    @classmethod
    def _is_known_database(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith(
            ("sqlite", "postgresql", "postgres:")
        ):
            raise ValueError("it must begin with sqlite: or postgresql:")
        return value

    @model_validator(mode="after")
    def _known_at_the_provider(self) -> Settings:
        if bool(self.oidc_issuer) != bool(self.oidc_client_id):
            raise ValueError("oidc_issuer and oidc_client_id are set together, or neither")
        return self

    @model_validator(mode="after")
    def _ports_apart(self) -> Settings:
        for name in ("sip_port", "http_port"):
            if self.rtp_ports.first <= getattr(self, name) <= self.rtp_ports.last:
                raise ValueError(
                    f"rtp_ports {self.rtp_ports} holds {name} {getattr(self, name)}: move one of them"
                )
        if self.sip_port == self.http_port:
            raise ValueError(f"sip_port and http_port are both {self.sip_port}: move one of them")
        if len(self.rtp_ports) // self.workers < 4:
            raise ValueError(
                f"rtp_ports {self.rtp_ports} is too small for {self.workers} media workers: widen it"
            )
        return self

    # --- what follows from them -------------------------------------------------------------------------------

    @property
    def workers(self) -> int:
        """Media processes to run."""
        return self.media_workers or max(1, (os.cpu_count() or 1) - 1)

    @property
    def worker_ports(self) -> list[PortRange]:
        """The RTP ports of each media worker, in order."""
        return self.rtp_ports.split(self.workers)

    @property
    def advertised_host(self) -> str:
        """The address written into Via, Contact and SDP: the one set, the one bound, or that of the default route."""
        if self.advertise:
            return self.advertise
        bound = ipaddress.ip_address(self.bind)
        if not bound.is_unspecified:
            return str(bound)
        return own_address(bound.version)

    @property
    def database(self) -> str:
        """The database's URL, its password included: never to be logged."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{quote(str(self.data.absolute() / 'centralita.db'))}"

    @property
    def secret_key_file(self) -> Path:
        return self.data / "secret.key"

    @property
    def journal_folder(self) -> Path:
        return self.data / "journal"

    @property
    def bindings_folder(self) -> Path:
        return self.data / "bindings"

    @property
    def voicemail_folder(self) -> Path:
        return self.data / "voicemail"

    @property
    def recordings_folder(self) -> Path:
        return self.data / "recordings"

    @property
    def prompts_folder(self) -> Path:
        return self.data / "prompts"

    @property
    def run_folder(self) -> Path:
        """Sockets and locks of the running processes."""
        return self.data / "run"

    @property
    def switch_socket(self) -> Path:
        """Where the switch is asked: :mod:`centralita.control`."""
        return self.run_folder / "switch.sock"

    def media_socket(self, worker: int) -> Path:
        """Where media worker 1, 2 … listens."""
        return self.run_folder / f"media-{worker}.sock"


def own_address(version: int = 4) -> str:
    """This machine's address on the way to the rest of the world; the loopback where there is no way. Sends nothing."""
    family, elsewhere, loopback = (
        (socket.AF_INET6, "2001:db8::1", "::1")
        if version == 6
        else (socket.AF_INET, "192.0.2.1", "127.0.0.1")
    )
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((elsewhere, 9))  # a datagram socket only looks up the route
            return str(probe.getsockname()[0])
    except OSError:
        return loopback


# --- loading ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Problem:
    """One bad setting: what it is, and how to mend it."""

    message: str
    mend: str

    def __str__(self) -> str:
        return f"{self.message}. {self.mend}"


class SettingsError(Exception):
    """The settings cannot be used; one problem for each bad value."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def settings_file() -> Path | None:
    """The file that is read, or None where there is none. Raises SettingsError if the one asked for is missing."""
    if named := os.environ.get(FILE_VARIABLE):
        if not os.path.isfile(named):
            raise SettingsError(
                [
                    Problem(
                        f"{FILE_VARIABLE} names {named}, and there is no such file", "Correct it or unset it."
                    )
                ]
            )
        return Path(named)
    # os.path, not Path: under sudo the working directory may be one that we may not look into
    return next((place for place in FILE_PLACES if os.path.isfile(place)), None)


def load(**given: object) -> Settings:
    """The settings in force; ``given`` ones (from the command line) win. Raises SettingsError."""
    misspelt = _misspelt_variables()
    if misspelt:
        raise SettingsError(misspelt)
    file = settings_file()
    values: dict[str, object] = {} if file is None else _read(file)
    for name in Settings.model_fields:
        if value := os.environ.get(PREFIX + name.upper()):
            values[name] = value
    values.update({name: value for name, value in given.items() if value is not None})
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        raise SettingsError([_explain(detail, given) for detail in error.errors()]) from None
    longest = settings.media_socket(settings.workers).absolute()
    if len(os.fsencode(longest)) > SOCKET_PATH_LIMIT:
        message = f"the data folder {settings.data.absolute()} has too long a path: a socket in it would pass {SOCKET_PATH_LIMIT} bytes"
        raise SettingsError([Problem(message, f"Set {PREFIX}DATA to a shorter one.")])
    return settings


def _read(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError([Problem(f"{path} is not TOML: {error}", "Correct that line.")]) from error
    except OSError as error:
        raise SettingsError(
            [Problem(f"{path} cannot be read: {error.strerror}", "Give this user leave to read it.")]
        ) from error


def _misspelt_variables() -> list[Problem]:
    known = [PREFIX + name.upper() for name in Settings.model_fields]
    problems = []
    for variable in sorted(os.environ):
        if (
            variable.startswith(PREFIX)
            and variable not in known
            and not variable.startswith(_FOREIGN_VARIABLES)
        ):
            meant = difflib.get_close_matches(variable, known, n=1, cutoff=0.8)
            if meant:
                problems.append(Problem(f"{variable} is no setting", f"Did you mean {meant[0]}?"))
    return problems


def _explain(detail: ErrorDetails, given: dict[str, object]) -> Problem:
    """What pydantic found, in the words of whoever wrote the setting."""
    reason = detail["msg"].removeprefix("Value error, ").removeprefix("Input should be ").split(", unable")[0]
    if not detail["loc"]:
        return Problem(reason, "Each needs ports of its own.")
    name = str(detail["loc"][0])
    variable = PREFIX + name.upper()
    field = Settings.model_fields.get(name)
    if field is None:
        meant = difflib.get_close_matches(name, Settings.model_fields, n=1)
        return Problem(
            f"{settings_file()}: {name} is no setting",
            f"Did you mean {meant[0]}?" if meant else "Remove it.",
        )
    secret = "SecretStr" in str(field.annotation)
    if given.get(name) is not None:
        where = f"--{name.replace('_', '-')}"
    elif variable in os.environ:
        where = variable
    else:
        where = f"{settings_file()}: {name}"
    value = "" if secret else f" {detail['input']!r}"
    if detail["type"] != "value_error":
        reason = f"it should be {reason}"
    example = (field.examples or [""])[0]
    return Problem(
        f"{where}{value} cannot be used: {reason}",
        f"This is {field.description}; for example {variable}={example}",
    )
