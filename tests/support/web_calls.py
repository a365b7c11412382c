"""Past calls, recordings and messages of a company, for tests of the API."""

from __future__ import annotations

import wave
from pathlib import Path

from centralita.pbx.journey import Answer, Audio, Decision, Journey, LeftMessage, Leg, SoundFile
from centralita.pbx.stays import Stay
from centralita.pbx.vocabulary import Direction, JourneyId, LegId, Outcome, Party, TenantId
from centralita.settings import Settings
from centralita.store.mailboxes import MailboxStore

EPOCH = 1_700_000_000.0


def journey(
    name: str,
    number: int,
    *,
    tenant: str = "demo",
    user: str = "",
    rung: str = "",
    queue: str = "",
    caller: str = "+34911234567",
    caller_name: str = "",
    recorded: bool = False,
    outcome: Outcome = Outcome.ANSWERED,
) -> Journey:
    at = EPOCH + number * 60
    answered = outcome is Outcome.ANSWERED
    path = f"recordings/{tenant}/2023/11/14/{name}.wav"
    return Journey(
        journey=JourneyId(name),
        tenant=TenantId(tenant),
        direction=Direction.OUTBOUND if user else Direction.INBOUND,
        caller=caller,
        caller_name=caller_name,
        dialled="+34910000100",
        via="trunk:provider",
        user=user,
        config_version=1,
        started_at=at,
        updated_at=at + 50,
        ended_at=at + 50,
        outcome=outcome,
        ended_by=Party.CALLER,
        sip_status=200,
        q850=16,
        closed=True,
        decisions=(
            Decision(
                at=at, rule="number", target="flow:main", reason="it is the main number", passed=("no",)
            ),
        ),
        legs=(
            Leg(
                leg=LegId("a"),
                target="trunk:provider",
                user=user,
                started_at=at,
                audio=Audio(at=at + 50, codec="PCMA", packets_in=100, mos_in=4.25),
            ),
            Leg(
                leg=LegId("b1"),
                target="device:desk",
                step=1,
                user=rung,
                started_at=at,
                address="UDP:10.1.2.3:5060",
            ),
        ),
        answers=(Answer(leg=LegId("b1"), at=at + 10, user=rung, target="device:desk"),) if answered else (),
        queues=(Stay(queue=queue, at=at, position=1),) if queue else (),
        recordings=(SoundFile(at=at + 10, path=path, duration=40.0),) if recorded else (),
        messages=(LeftMessage(at=at, user="luis", message="m1", path="x", duration=3.0),)
        if outcome is Outcome.VOICEMAIL
        else (),
    )


CALLS = [
    journey("c1", 1, rung="ana", queue="sales", caller_name="José García"),
    journey("c2", 2, rung="luis", queue="support", recorded=True),
    journey("c3", 3, user="ana", caller="101"),
    journey("c4", 4, caller_name='=HYPERLINK("http://x")', rung="ana", outcome=Outcome.VOICEMAIL),
    journey("c5", 5, outcome=Outcome.BUSY, queue="sales", rung="luis", recorded=True),
    journey("theirs", 6, tenant="other", rung="eva"),
]


def sound(path: Path, seconds: float = 1.0, rate: int = 8000) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(
            b"".join(
                int(9000 * (-1) ** (n // 8)).to_bytes(2, "little", signed=True)
                for n in range(int(seconds * rate))
            )
        )
    return path


def message(settings: Settings, user: str, at: float, tenant: str = "demo") -> str:
    boxes = MailboxStore(settings.voicemail_folder, lambda: at)
    draft = boxes.draft(TenantId(tenant), user, caller="+34600000001")
    sound(draft)
    kept = boxes.keep(
        TenantId(tenant), user, draft, at=at, duration=1.0, caller="+34600000001", caller_name="<b>Eva"
    )
    return kept.id
