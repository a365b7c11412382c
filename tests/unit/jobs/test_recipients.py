"""Whose a mailbox is: the published user, with what they set for themselves."""

from __future__ import annotations

import pytest

from centralita.jobs.mail import Recipient
from centralita.jobs.recipients import ConfiguredRecipients
from centralita.pbx.model.site import Site
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.model.user import Personal, User, VoicemailOptions
from centralita.pbx.vocabulary import TenantId

DEMO = TenantId("demo")


class Configs:
    def __init__(self, *snapshots: Snapshot) -> None:
        self.published = list(snapshots)
        self.reads = 0

    def snapshots(self) -> list[Snapshot]:
        self.reads += 1
        return self.published

    def set_personal(self, tenant: TenantId, user: str, changes: dict[str, object]) -> None:
        raise AssertionError("mail changes nothing")


def snapshot(**personal: object) -> Snapshot:
    return Snapshot(
        DEMO,
        1,
        [
            Site(id="canarias", time_zone="Atlantic/Canary", language="es"),
            User(id="ana", name="Ana Núñez", mail="ana@example.com", site="canarias", language="en"),
            User(id="luis", name="Luis", mail="luis@example.com", site="canarias"),
        ],
        {"ana": Personal(voicemail=VoicemailOptions(**personal))} if personal else {},
    )


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        ("ana", Recipient("Ana Núñez", "ana@example.com", "en", "Atlantic/Canary")),
        ("luis", Recipient("Luis", "luis@example.com", "es", "Atlantic/Canary")),
        ("nobody", None),
    ],
)
def test_the_owner_is_found(user: str, expected: Recipient | None) -> None:
    assert ConfiguredRecipients(Configs(snapshot())).find(DEMO, user) == expected


def test_another_tenants_user_is_nobody() -> None:
    assert ConfiguredRecipients(Configs(snapshot())).find(TenantId("other"), "ana") is None


def test_their_own_settings_count() -> None:
    no_mail = ConfiguredRecipients(Configs(snapshot(mail=False))).find(DEMO, "ana")
    assert no_mail is not None
    assert no_mail.address == ""
    only_mail = ConfiguredRecipients(Configs(snapshot(delete_after_mail=True))).find(DEMO, "ana")
    assert only_mail is not None
    assert only_mail.delete_after_mail


def test_a_burst_reads_once_and_a_change_is_seen_soon() -> None:
    now = 100.0
    configs = Configs(snapshot())
    recipients = ConfiguredRecipients(configs, keep_seconds=15, monotonic=lambda: now)
    for _ in range(50):
        recipients.find(DEMO, "ana")
    assert configs.reads == 1
    configs.published = []
    now += 16
    assert recipients.find(DEMO, "ana") is None
