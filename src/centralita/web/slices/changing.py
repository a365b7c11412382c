"""What all changes of a configuration through the API share: who and why, what came of it as an answer, the switch told, the audit log.

The routes are beside it: single objects (:mod:`.objects`), versions, drafts, imports.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Header, Query
from pydantic import BaseModel

from centralita.control import RequestRefused, SwitchUnavailable
from centralita.pbx.configuration.difference import Change, FieldChange
from centralita.pbx.configuration.kinds import AnyObject, Key
from centralita.pbx.configuration.reports import ApplyReport, NoDraft, TenantUnknown, VersionUnknown
from centralita.pbx.model.tenant import Tenant
from centralita.pbx.wording import Language, told
from centralita.web.access import Action
from centralita.web.desk import AtDesk, Desk
from centralita.web.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from centralita.pbx.checker import Finding
    from centralita.pbx.model.snapshot import Snapshot

MAX_NOTED = 200
"""Fields of one change that the audit log names; the version itself holds all of them."""


class FindingBody(BaseModel):
    """One thing that the checker says."""

    severity: str
    rule: str
    kind: str
    id: str
    field: str
    """Dotted path within the object; empty: all of it."""
    message: str
    mend: str


class FieldChangeBody(BaseModel):
    field: str
    before: Any = None
    after: Any = None


class ChangeBody(BaseModel):
    kind: str
    id: str
    action: str
    """added, changed or removed."""
    fields: list[FieldChangeBody]


class CredentialsBody(BaseModel):
    """What to type into a phone: shown this once."""

    device: str
    user: str
    extension: str
    username: str
    password: str


class Outcome(BaseModel):
    """What came of a change."""

    version: int
    """In force afterwards; 0: none yet."""
    published: bool
    """False where nothing changed, where it was only tried, and where it went into the draft."""
    drafted: bool
    """It waits in the draft."""
    changes: list[ChangeBody]
    """Against the version in force before."""
    extensions: dict[str, str]
    """User → extension that was given now."""
    credentials: list[CredentialsBody]
    """Of devices that were given a password now."""
    findings: list[FindingBody]


class Why(BaseModel):
    """How a change is wanted."""

    comment: str = ""
    draft: bool | None = None
    skip_tests: bool = False


def _why(
    desk: AtDesk,
    comment: Annotated[str, Query(max_length=500, description="Why, for the list of versions.")] = "",
    draft: Annotated[
        bool, Query(description="Into the draft, whatever the tenant's `changes` says.")
    ] = False,
    skip_tests: Annotated[bool, Query(description="Publish though routing tests do not pass.")] = False,
    header: Annotated[
        str, Header(alias="X-Comment", max_length=500, description="In place of `comment`.")
    ] = "",
) -> Why:
    desk.require(
        Action.CONFIG_WRITE
    )  # here already: who may not change anything is not told what is wrong with the body
    text = "".join(letter if letter.isprintable() else " " for letter in comment or header)
    return Why(comment=text.strip(), draft=True if draft else None, skip_tests=skip_tests)


Wanted = Annotated[Why, Depends(_why)]


def _may_read(desk: AtDesk) -> None:
    desk.require(Action.CONFIG_READ)


READERS = [Depends(_may_read)]
"""For ``dependencies=`` of a route that reads and has a body."""
VersionAsked = Annotated[
    str,
    Query(
        alias="version",
        pattern=r"^(published|draft|working|[1-9][0-9]{0,9})$",
        description="`published`, `draft`, a number, or `working`: what a change would be made to, which is the draft where the "
        "tenant's changes wait in one.",
    ),
]


@contextmanager
def unknowns() -> Iterator[None]:
    """Within, what does not exist becomes a Problem, 404."""
    try:
        yield
    except NoDraft:
        raise Problem.not_found("There is no draft", code="no-draft") from None
    except VersionUnknown as error:
        raise Problem.not_found(str(error)[:1].upper() + str(error)[1:], code="version-unknown") from None
    except TenantUnknown:
        raise Problem.not_found("There is no such tenant", code="tenant-unknown") from None


def objects_of(desk: Desk, version: str = "working") -> Mapping[Key, AnyObject]:
    """The objects of a version by its name. Raises Problem: 403, 404."""
    configs = desk.reach(Action.CONFIG_READ).configs
    with unknowns():
        if version == "draft":
            return configs.draft_objects(desk.tenant)
        if version.isdigit():
            return configs.objects(desk.tenant, int(version))
        published = configs.objects(desk.tenant)
        if version == "working" and waits(desk, published):
            with suppress(NoDraft):
                return configs.draft_objects(desk.tenant)
        return published


def snapshot_of(desk: Desk, version: str = "working") -> Snapshot:
    """A version by its name, as routing sees it. Raises Problem: 403, 404."""
    configs = desk.reach(Action.CONFIG_READ).configs
    with unknowns():
        if version == "draft":
            return configs.draft_snapshot(desk.tenant)
        if version == "working" and waits(desk, configs.objects(desk.tenant)):
            with suppress(NoDraft):
                return configs.draft_snapshot(desk.tenant)
        return configs.snapshot(desk.tenant, int(version) if version.isdigit() else None)


def waits(desk: Desk, published: Mapping[Key, AnyObject]) -> bool:
    """Whether changes of this tenant wait in a draft."""
    own = published.get(("tenant", desk.tenant))
    return isinstance(own, Tenant) and own.changes == "draft"


def noted(desk: Desk, report: ApplyReport, action: str, target: str = "") -> None:
    """Tell the audit log what came of a change: within the transaction of the change."""
    if not report.changes or not (report.published or report.drafted):
        return
    fields: dict[str, tuple[object, object]] = {}
    for change in report.changes:
        for one in change.fields[: MAX_NOTED - len(fields)]:
            fields[f"{change.kind}/{change.id}:{one.field}"] = (one.before, one.after)
    if report.published:
        fields["version"] = (report.version - 1, report.version)
    desk.note(action, target, fields)


def settle(desk: Desk, report: ApplyReport) -> Outcome:
    """Tell the switch what was published, and whoever asked for it what came of it: after the transaction."""
    if report.published:
        with suppress(SwitchUnavailable, RequestRefused):  # it finds the version by itself, a little later
            desk.reach(Action.CONFIG_WRITE).switch.reload(desk.tenant)
    return outcome_of(report, desk.language)


def outcome_of(report: ApplyReport, language: Language) -> Outcome:
    return Outcome(
        version=report.version,
        published=report.published,
        drafted=report.drafted,
        changes=changes_of(report.changes),
        extensions=dict(report.extensions),
        credentials=[
            CredentialsBody(
                device=one.device,
                user=one.user,
                extension=one.extension,
                username=one.username,
                password=one.password.get_secret_value(),
            )
            for one in report.new_credentials
        ],
        findings=findings_of(report.findings, language),
    )


def changes_of(changes: Iterable[Change]) -> list[ChangeBody]:
    return [
        ChangeBody(
            kind=change.kind,
            id=change.id,
            action=change.action.value,
            fields=[_field(one) for one in change.fields],
        )
        for change in changes
    ]


def _field(one: FieldChange) -> FieldChangeBody:
    return FieldChangeBody(field=one.field, before=one.before, after=one.after)


def findings_of(findings: Iterable[Finding], language: Language) -> list[FindingBody]:
    return [
        FindingBody(
            severity=one.severity.value,
            rule=one.rule,
            kind=one.kind,
            id=one.id,
            field=one.field,
            message=told(one.message, language),
            mend=told(one.mend, language),
        )
        for one in findings
    ]
