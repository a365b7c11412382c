"""What every configuration object has in common, and the kinds of text that its fields are made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

OBJECT_ID = r"^[a-z0-9][a-z0-9_.-]{0,62}$"
TENANT_ID = r"^[a-z0-9][a-z0-9-]{0,31}$"
EXTENSION = r"^[0-9]{2,6}$"
E164 = r"^\+[1-9][0-9]{4,14}$"
E164_OR_NONE = r"^(\+[1-9][0-9]{4,14})?$"
DIALLED = r"^\+?[0-9]{2,31}$"
DIALLED_OR_NONE = r"^(\+?[0-9]{2,31})?$"
COUNTRY = r"^[A-Z]{2}$"
COUNTRY_OR_NONE = r"^([A-Z]{2})?$"
DESTINATION = (
    r"^((user|voicemail|extension|group|queue|flow):[a-z0-9][a-z0-9_.-]{0,62}"
    r"|external:\+?[0-9]{2,31}|hang-up)$"
)
#: No control characters (written out, for the tools that read the API's schemas know no Unicode classes): names end up in SIP header fields, logs and mails.
ONE_LINE = r"^[^\x00-\x1f\x7f-\x9f]*$"
NO_SPACES = r"^[^\x00-\x1f\x7f-\x9f\s]*$"
MAIL_OR_NONE = r"^([^\x00-\x1f\x7f-\x9f\s@<>,;]+@[^\x00-\x1f\x7f-\x9f\s@<>,;]+)?$"

_SEPARATORS = str.maketrans("", "", " -./()\u00a0")


def without_separators(value: object) -> object:
    """``+34 910 000 000`` → ``+34910000000``, as people write numbers."""
    return value.translate(_SEPARATORS) if isinstance(value, str) else value


ObjectId = Annotated[str, StringConstraints(pattern=OBJECT_ID)]
"""Names an object within its kind and tenant, in files and references."""

OptionalId = Annotated[str, StringConstraints(pattern=r"^([a-z0-9][a-z0-9_.-]{0,62})?$")]
Extension = Annotated[str, StringConstraints(pattern=EXTENSION)]
Language = Annotated[str, StringConstraints(pattern=r"^(es|en)$")]
CountryCode = Annotated[str, StringConstraints(pattern=COUNTRY)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80, pattern=ONE_LINE)]
"""What people read: any text of one line."""
Word = Annotated[str, StringConstraints(max_length=255, pattern=NO_SPACES)]
"""A name in a protocol: text without spaces or control characters."""
E164Number = Annotated[str, BeforeValidator(without_separators), StringConstraints(pattern=E164)]
OptionalE164 = Annotated[str, BeforeValidator(without_separators), StringConstraints(pattern=E164_OR_NONE)]
Target = Annotated[str, BeforeValidator(without_separators), StringConstraints(pattern=DIALLED)]
"""An extension or a number as dialled."""
OptionalTarget = Annotated[
    str, BeforeValidator(without_separators), StringConstraints(pattern=DIALLED_OR_NONE)
]
"""An extension or a number as dialled, or empty."""
Destination = Annotated[str, StringConstraints(pattern=DESTINATION)]
"""Where a call goes: ``user:ID``, ``voicemail:ID`` (of a user), ``extension:NUMBER``, ``group:ID``, ``queue:ID``,
``flow:ID``, ``external:NUMBER`` or ``hang-up``."""
OptionalMail = Annotated[str, StringConstraints(max_length=254, pattern=MAIL_OR_NONE)]

KNOWN_CODECS = (
    "PCMA", "PCMU", "G722", "G729", "G723", "opus", "iLBC", "GSM", "speex", "AMR", "AMR-WB",
    "G726-16", "G726-24", "G726-32", "G726-40", "L16",
)  # fmt: skip
"""Encoding names as registered (IANA RTP payload formats). PCMA and PCMU are ours; the others are passed through."""

_CODEC_BY_LOWER = {name.lower(): name for name in KNOWN_CODECS}


def _as_registered(codecs: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_CODEC_BY_LOWER.get(name.lower(), name) for name in codecs)


Codecs = Annotated[tuple[str, ...], Field(min_length=1, max_length=20), AfterValidator(_as_registered)]


class ConfigObject(BaseModel):
    """A typed document with a kind and an id. Immutable: a change is a new version."""

    # A number where text is meant (an extension in JSON) is taken as written; secrets never come back in an error.
    model_config = ConfigDict(
        frozen=True, extra="forbid", coerce_numbers_to_str=True, hide_input_in_errors=True
    )

    id: ObjectId
