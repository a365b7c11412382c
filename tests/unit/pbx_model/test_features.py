"""Feature codes, as they come from a telephone's keys."""

from __future__ import annotations

import pytest

from centralita.pbx.features import FEATURE_CODES, FeatureCode, FeatureKind, match
from centralita.pbx.model.user import Personal


@pytest.mark.parametrize(
    ("dialled", "kind", "argument"),
    [
        ("*43", FeatureKind.ECHO, ""),
        ("*97", FeatureKind.VOICEMAIL, ""),
        ("*97#", FeatureKind.VOICEMAIL, ""),
        ("*78", FeatureKind.DO_NOT_DISTURB_ON, ""),
        ("*79", FeatureKind.DO_NOT_DISTURB_OFF, ""),
        ("*72102", FeatureKind.FORWARD_ALWAYS_ON, "102"),
        ("*72*102", FeatureKind.FORWARD_ALWAYS_ON, "102"),
        ("*72+34600123123", FeatureKind.FORWARD_ALWAYS_ON, "+34600123123"),
        ("*72", FeatureKind.FORWARD_ALWAYS_ON, ""),
        ("*72*43", FeatureKind.FORWARD_ALWAYS_ON, "43"),
        ("*72#*", FeatureKind.FORWARD_ALWAYS_ON, ""),
        ("*73", FeatureKind.FORWARD_ALWAYS_OFF, ""),
        ("*90102", FeatureKind.FORWARD_BUSY_ON, "102"),
        ("*93", FeatureKind.FORWARD_NO_ANSWER_OFF, ""),
        ("*94102", FeatureKind.FORWARD_UNREACHABLE_ON, "102"),
        ("*21*600123123#", FeatureKind.FORWARD_ALWAYS_ON, "600123123"),
        ("**61*600123123#", FeatureKind.FORWARD_NO_ANSWER_ON, "600123123"),
        ("#21#", FeatureKind.FORWARD_ALWAYS_OFF, ""),
        ("##67#", FeatureKind.FORWARD_BUSY_OFF, ""),
        ("#62", FeatureKind.FORWARD_UNREACHABLE_OFF, ""),
        ("*771", FeatureKind.RECORD_PROMPT, "1"),
        ("*77*123#", FeatureKind.RECORD_PROMPT, "123"),
        ("*77", FeatureKind.RECORD_PROMPT, ""),
    ],
)
def test_codes(dialled: str, kind: FeatureKind, argument: str) -> None:
    assert match(dialled) == FeatureCode(kind, argument)


@pytest.mark.parametrize(
    "dialled",
    ["", "*", "#", "101", "43", "*430", "*43x", "*44", "*73102", "*771234", "*77x", "*#06#", "72102"],
)
def test_what_is_no_code(dialled: str) -> None:
    assert match(dialled) is None


def test_every_code_that_changes_something_names_a_personal_setting() -> None:
    for kind, takes_target in FEATURE_CODES.values():
        if kind.setting is None:
            assert kind in (FeatureKind.ECHO, FeatureKind.VOICEMAIL)
            continue
        name, on = kind.setting
        assert name in Personal.model_fields
        assert takes_target == (on and name.startswith("forward"))
