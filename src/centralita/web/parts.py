"""What the API needs of the rest of the house, as protocols; the composition root fills them.

Every method blocks, and raises StoreUnavailable where its store does not answer. Handlers reach a part through
:class:`centralita.web.desk.Desk` only.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from centralita.accounts import Account, ApiToken, AuditEntry, Link, LinkPurpose, SecondFactor, Session
from centralita.control import ControlClient
from centralita.fetch import Network
from centralita.pbx.configuration.editing import Edit
from centralita.pbx.configuration.entries import Entry
from centralita.pbx.configuration.kinds import AnyObject, Key
from centralita.pbx.configuration.reports import ApplyReport, ConfigVersion, DraftState
from centralita.pbx.model.service_plan import Function, ServicePlan
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.model.user import Personal
from centralita.pbx.vocabulary import TenantId
from centralita.web.callparts import CallParts
from centralita.web.health import DatabaseCheck
from centralita.web.oidc import ProviderSettings
from centralita.webhooks import Delivery, HookEvent, Webhook


class Accounts(Protocol):
    """Raises LoginTaken and Outdated of :mod:`centralita.accounts` where said."""

    def get(self, account: str) -> Account | None: ...

    def by_login(self, login: str) -> Account | None: ...

    def page(self, tenant: str | None, after: str, limit: int) -> list[Account]:
        """By login, those after this one; ``tenant`` None: of all tenants and of none."""

    def add(self, account: Account) -> None:
        """Raises LoginTaken."""

    def any(self) -> bool:
        """Whether there is an account at all."""

    def add_first(self, account: Account, password: str) -> bool:
        """The very first account, with its password (a hash); False, and nothing done, where there is another already."""

    def change(self, account: Account) -> Account:
        """Write it in place of the same revision, and give it with the next one. Raises LoginTaken, Outdated."""

    def remove(self, account: str) -> bool: ...

    def signed_in(self, account: str, at: float) -> None: ...

    def password(self, account: str) -> str:
        """Its hash; empty where none is set."""

    def set_password(self, account: str, password: str) -> None:
        """``password`` is a hash. Links that were made for the account are used up with it."""

    def second_factor(self, account: str) -> SecondFactor | None: ...

    def set_second_factor(
        self, account: str, factor: SecondFactor | None, recovery: Iterable[str] = ()
    ) -> None:
        """None takes it away. ``recovery``: hashes of recovery codes, in place of those before."""

    def use_step(self, account: str, step: int) -> bool:
        """Take a time step of the second factor; False where it, or a later one, was taken before."""

    def use_recovery_code(self, account: str, code: str) -> bool:
        """Take a recovery code (its hash); False where there is none such any more."""

    def recovery_codes(self, account: str) -> int:
        """How many are left."""

    def add_link(self, link: Link) -> None: ...

    def link(self, code: str, now: float) -> Link | None:
        """The link of this hash, where it can still be used."""

    def use_link(self, code: str, purpose: LinkPurpose, now: float) -> bool:
        """Take a link; False where it was used, or is too old."""


class Sessions(Protocol):
    def add(self, session: Session) -> None: ...

    def find(self, code: str, now: float, idle: float) -> tuple[Session, Account] | None:
        """The live session of this hash, seen ``idle`` seconds ago at most, of an account that is not disabled."""

    def touch(self, code: str, at: float) -> None: ...

    def of(self, account: str, now: float, idle: float) -> list[Session]: ...

    def end(self, code: str) -> bool: ...

    def end_all(self, account: str, but: str = "") -> int: ...

    def sweep(self, now: float, idle: float) -> int:
        """Forget those that are over; how many."""


class Tokens(Protocol):
    def add(self, token: ApiToken) -> None: ...

    def find(self, code: str, now: float) -> tuple[ApiToken, Account] | None:
        """The token of this hash that has not expired, of an account that is not disabled."""

    def touch(self, token: str, at: float) -> None: ...

    def of(self, account: str) -> list[ApiToken]: ...

    def remove(self, account: str, token: str) -> bool: ...


class Audit(Protocol):
    def add(self, entry: AuditEntry) -> None: ...

    def page(
        self,
        tenant: str | None,
        *,
        before: int | None = None,
        limit: int = 50,
        account: str = "",
        action: str = "",
        since: float | None = None,
        until: float | None = None,
    ) -> list[AuditEntry]:
        """Newest first, those with an identifier below ``before``. ``action`` is a beginning: ``account.``."""


class Configs(Protocol):
    """Versions of configurations; implemented by :class:`centralita.store.configs.ConfigStore`, which says what each does.

    Raises TenantUnknown, VersionUnknown and NoDraft of :mod:`centralita.pbx.configuration.reports`, and ConfigurationRefused.
    """

    def tenants(self) -> Sequence[TenantId]: ...

    def objects(self, tenant: str, number: int | None = None) -> Mapping[Key, AnyObject]: ...

    def snapshot(self, tenant: str, version: int | None = None) -> Snapshot: ...

    def versions(self, tenant: str) -> Sequence[ConfigVersion]: ...

    def apply(
        self,
        entries: Iterable[Entry],
        *,
        tenant: str = "",
        merge: bool = False,
        author: str = "",
        comment: str = "",
        dry_run: bool = False,
        replace_secrets: bool = False,
        as_draft: bool | None = None,
        skip_tests: bool = False,
        check: Callable[[Mapping[Key, AnyObject]], None] | None = None,
    ) -> ApplyReport: ...

    def edit(
        self,
        tenant: str,
        edits: Iterable[Edit],
        *,
        author: str = "",
        comment: str = "",
        dry_run: bool = False,
        as_draft: bool | None = None,
        skip_tests: bool = False,
        check: Callable[[Mapping[Key, AnyObject]], None] | None = None,
    ) -> ApplyReport: ...

    def rollback(self, tenant: str, number: int, *, author: str = "", comment: str = "") -> ApplyReport: ...

    def draft(self, tenant: str) -> DraftState: ...

    def has_draft(self, tenant: str) -> bool: ...

    def draft_objects(self, tenant: str) -> Mapping[Key, AnyObject]: ...

    def draft_snapshot(self, tenant: str) -> Snapshot: ...

    def edited_snapshot(
        self, tenant: str, objects: Mapping[Key, AnyObject], edits: Iterable[Edit]
    ) -> Snapshot: ...

    def discard_draft(self, tenant: str) -> None: ...

    def publish_draft(
        self,
        tenant: str,
        *,
        author: str = "",
        comment: str = "",
        rebase: bool = False,
        skip_tests: bool = False,
    ) -> ApplyReport: ...

    def personal(self, tenant: str, user: str) -> Personal | None: ...

    def set_personal(
        self,
        tenant: str,
        user: str,
        changes: Mapping[str, object],
        *,
        check: Callable[[Personal], None] | None = None,
    ) -> None:
        """Raises ValueError where a change is refused."""


class Plans(Protocol):
    """Implemented by :class:`centralita.store.plans.PlanStore`. What a plan says is enforced by the stores of what it limits.

    Raises PlanTaken, PlanUnknown, PlanOutdated and PlanInUse of :mod:`centralita.pbx.configuration.reports` where said.
    """

    def all(self) -> Sequence[ServicePlan]: ...

    def tenants(self) -> Mapping[str, str]:
        """Tenant → its plan, of those that have one."""

    def get(self, plan: str) -> ServicePlan | None: ...

    def of(self, tenant: str) -> ServicePlan | None:
        """The tenant's plan; None: nothing is limited."""

    def used_elsewhere(self, tenant: str) -> Mapping[Function, int]:
        """How many things that are in no configuration use a function."""

    def add(self, plan: ServicePlan) -> None:
        """Raises PlanTaken."""

    def change(self, plan: ServicePlan) -> ServicePlan:
        """Write it in place of the same revision, and give it with the next one. Raises PlanOutdated."""

    def remove(self, plan: str) -> bool:
        """Raises PlanInUse."""

    def assign(self, tenant: str, plan: str | None) -> ServicePlan | None:
        """The one that it had before. Raises PlanUnknown."""


class Webhooks(Protocol):
    """Implemented by :class:`centralita.store.webhooks.WebhookStore`; the jobs process sends."""

    def of(self, tenant: str) -> Sequence[Webhook]:
        """Oldest first."""

    def get(self, tenant: str, webhook: str) -> Webhook | None: ...

    def add(self, webhook: Webhook, secret: str) -> None:
        """Raises OverPlan, TooMany."""

    def change(self, webhook: Webhook) -> Webhook | None:
        """Write it in place of the same revision, and give it with the next one; None: somebody else changed it meanwhile."""

    def renew_secret(self, tenant: str, webhook: str, secret: str, now: float) -> bool: ...

    def remove(self, tenant: str, webhook: str) -> bool: ...

    def deliveries(
        self, webhook: str, *, before: tuple[float, str] | None, limit: int, state: str = ""
    ) -> Sequence[Delivery]:
        """Newest first, without what was sent."""

    def delivery(self, webhook: str, delivery: str) -> Delivery | None:
        """With what was sent."""

    def send(self, webhook: str, event: HookEvent, body: str, now: float) -> Delivery:
        """Raises TooMany."""

    def send_again(self, webhook: str, delivery: str, now: float) -> bool: ...


class Documents(Protocol):
    """Configurations as YAML; implemented by the module :mod:`centralita.store.documents`."""

    def parse(self, texts: Iterable[tuple[str, bytes]]) -> list[Entry]:
        """Raises ConfigurationRefused."""

    def dump(
        self, objects: Iterable[AnyObject], *, with_secrets: bool = False, heading: Iterable[str] = ()
    ) -> str: ...


class IdempotentRequests(Protocol):
    """Requests that may be sent again; ``scope`` is whose they are."""

    def begin(self, scope: str, key: str, digest: str, now: float) -> tuple[str, str | None] | None:
        """None: nobody used the key; it is taken now. Else the digest that it was used with, and the answer where it is known."""

    def finish(self, scope: str, key: str, answer: str) -> None: ...

    def forget(self, scope: str, key: str) -> None:
        """It came to nothing: the key may be used again."""


class SetupLinks(Protocol):
    """Links by which telephones fetch their settings; implemented by :class:`centralita.store.setup_links.SetupLinks`."""

    def add(self, code: str, tenant: TenantId, device: str, now: float, expires_at: float) -> None:
        """``code``: the hash of the secret. In place of those made for the device before."""

    def take(self, code: str, now: float) -> tuple[TenantId, str] | None:
        """Use a link up: tenant and device; None where there is none such any more."""


@dataclass(frozen=True, slots=True)
class SipServer:
    """Where telephones find us."""

    host: str
    port: int
    realm: str


class Post(Protocol):
    def ready(self) -> bool:
        """Whether a mail server is set."""

    def send(self, address: str, subject: str, text: str) -> bool:
        """Hand one mail to the mail server; False where it does not take it now."""


@dataclass(frozen=True, kw_only=True)
class WebParts:
    """The one composition of the web process."""

    database: DatabaseCheck
    together: Callable[[], AbstractContextManager[None]]
    """One transaction of all that this thread changes within, the audit log included."""
    accounts: Accounts
    sessions: Sessions
    tokens: Tokens
    audit: Audit
    configs: Configs
    documents: Documents
    plans: Plans
    webhooks: Webhooks
    lookup_allow: tuple[Network, ...]
    """Networks that may be asked and sent to on behalf of tenants although they are not public."""
    idempotency: IdempotentRequests
    setup_code: str
    """The hash of what has to be known to make the first administrator."""
    tag_key: bytes
    """For the ETags of what holds secrets; 32 bytes, the same in every process."""
    last_calls: Callable[[str], Mapping[str, float]]
    """A tenant's users by when a telephone of theirs last had a call, seconds since the epoch."""
    calls: CallParts
    switch: ControlClient
    sip: SipServer
    setup_links: SetupLinks
    make_password: Callable[[], str]
    """A strong one, for a telephone."""
    post: Post
    providers: tuple[ProviderSettings, ...] = ()
    """By whom people may have themselves signed in."""
    wall: Callable[[], float] = time.time
    """Seconds since the epoch."""
