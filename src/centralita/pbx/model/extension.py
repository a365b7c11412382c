"""An extension that is not a person's: the echo test, the voicemail menu."""

from __future__ import annotations

from typing import Literal

from centralita.pbx.model.base import ConfigObject, Extension


class ServiceExtension(ConfigObject):
    kind: Literal["extension"] = "extension"
    extension: Extension
    purpose: Literal["echo", "voicemail"]
