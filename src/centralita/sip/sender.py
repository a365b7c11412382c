"""Our requests on their way: to which address, over which of several, and once more with credentials.

One Sending is one request as its user sees it; it may take several transactions (RFC 3263 §4.3, RFC 3261
§22.2).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from centralita.sip.auth import Challenge, answer_challenge
from centralita.sip.client_transaction import ClientTransaction
from centralita.sip.compose import Draft
from centralita.sip.connections import Connections
from centralita.sip.credentials import Credentials
from centralita.sip.errors import ParseError
from centralita.sip.events import FailureCause, Resolve
from centralita.sip.flow import Flow, Target
from centralita.sip.layer import TransactionLayer
from centralita.sip.message import Response
from centralita.sip.transaction import State

_CHALLENGES = {401: ("www-authenticate", "Authorization"), 407: ("proxy-authenticate", "Proxy-Authorization")}


class SendingUser(Protocol):
    """Who is told what becomes of a request."""

    def on_response(self, sending: Sending, response: Response, now: float) -> None:
        """Each response that is not dealt with here by another try; for an INVITE every 2xx."""

    def on_failure(self, sending: Sending, cause: FailureCause, now: float) -> None:
        """No final response, and nothing left to try."""

    def on_overdue(self, sending: Sending, now: float) -> None:
        """An INVITE has had provisional responses only, for as long as timer C."""


class CseqCounter(Protocol):
    """Whose CSeq numbers a request takes: a dialog, or something of its own."""

    def next_cseq(self) -> int: ...


class Sending:
    """One request on its way. ``subject`` is the user's."""

    __slots__ = (
        "acks",
        "answers",
        "challenges",
        "counter",
        "credentials",
        "draft",
        "hops",
        "provisional",
        "subject",
        "transaction",
        "user",
    )

    def __init__(
        self,
        draft: Draft,
        user: SendingUser | None,
        subject: object,
        counter: CseqCounter,
        credentials: Credentials | None = None,
    ) -> None:
        self.draft = draft
        self.user = user
        self.subject: Any = subject
        self.counter = counter
        self.credentials = credentials
        self.transaction: ClientTransaction | None = None
        """The present try; None while a name is resolved."""
        self.hops: list[Flow] = []
        """Addresses not tried yet."""
        self.challenges = 0
        self.answers: dict[str, str] = {}
        """Credentials by header name: a proxy and the far end may both ask."""
        self.provisional = False
        """The present try has had a provisional response."""
        self.acks: dict[str, Post] | None = None
        """ACKs to 2xx by the To tag they went to, kept by the user for repeated 2xx."""


class Post:
    """An ACK to a 2xx: sent without a transaction, and again for each repeated 2xx."""

    __slots__ = ("data", "draft", "flow")

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.flow: Flow | None = None
        self.data = b""


class Sender:
    """Sends requests and tries again what can be tried again. Is the user of all client transactions."""

    __slots__ = ("_connections", "_layer", "_token", "_waiting")

    def __init__(self, layer: TransactionLayer, connections: Connections, token: Callable[[], str]) -> None:
        self._layer = layer
        self._connections = connections
        self._token = token
        self._waiting: dict[Target, list[Sending | Post]] = {}

    def __len__(self) -> int:
        """Names that are being resolved."""
        return len(self._waiting)

    # --- sending --------------------------------------------------------------------------------------------------

    def send(self, sending: Sending, to: Flow | Target, now: float) -> None:
        """Send, or ask for the address first. The user may be told of a failure before this returns."""
        if isinstance(to, Flow):
            self._try(sending, to, now)
        else:
            self._resolve(to, sending)

    def post(self, draft: Draft, to: Flow | Target) -> Post:
        """Send an ACK to a 2xx."""
        post = Post(draft)
        if isinstance(to, Flow):
            self._post(post, to)
        else:
            self._resolve(to, post)
        return post

    def repost(self, post: Post) -> None:
        if post.flow is not None:
            self._connections.post(post.flow, post.data)

    def _post(self, post: Post, flow: Flow) -> None:
        post.flow = flow
        post.data = post.draft.encode(self._layer.via(flow.transport, self._layer.branch()))
        self._connections.post(flow, post.data)

    def _try(self, sending: Sending, flow: Flow, now: float) -> None:
        # Over a connection that is gone ``start`` reports the loss before it returns: the guard in
        # ``on_lost`` must not take that for the end of an earlier try.
        sending.transaction = None
        sending.provisional = False
        transaction = self._layer.start(sending.draft, flow, self, sending, now)
        if transaction.state is not State.TERMINATED:
            sending.transaction = transaction

    # --- addresses ------------------------------------------------------------------------------------------------

    def _resolve(self, target: Target, item: Sending | Post) -> None:
        waiting = self._waiting.get(target)
        if waiting is None:
            waiting = self._waiting[target] = []
            self._connections.outputs.append(Resolve(target))
        waiting.append(item)

    def resolved(self, target: Target, flows: Sequence[Flow], now: float) -> None:
        for item in self._waiting.pop(target, ()):
            if isinstance(item, Post):
                if flows:
                    self._post(item, flows[0])
            elif item.user is None:
                continue  # given up meanwhile
            elif flows:
                item.hops = list(flows[1:])
                self._try(item, flows[0], now)
            else:
                item.user.on_failure(item, FailureCause.UNRESOLVED, now)

    # --- giving up ------------------------------------------------------------------------------------------------

    def abandon(self, sending: Sending) -> bool:
        """Stop a request that was not sent yet, its address being unknown. False where it is under way."""
        if sending.transaction is not None:
            return False
        sending.user = None
        return True

    def cancel(self, sending: Sending, now: float, rest: str = "") -> None:
        """CANCEL an INVITE that has had a provisional response (§9.1); it gets 64*T1 for its final one."""
        transaction = sending.transaction
        if transaction is None or transaction.state is not State.PROCEEDING:
            return
        transaction.expire(now)
        draft = sending.draft.cancel(rest)
        branch = transaction.key.partition("|")[0]
        self._layer.start(draft, transaction.flow, _NOBODY, None, now, branch)

    # --- what the transactions report -----------------------------------------------------------------------------

    def on_response(self, transaction: ClientTransaction, response: Response, now: float) -> None:
        sending: Sending = transaction.subject
        user = sending.user
        if user is None or sending.transaction is not transaction:
            return
        status = response.status
        if status < 200:
            sending.provisional = True
        elif status >= 300:
            if status in _CHALLENGES and self._answer(sending, response, now):
                return
            if status == 503 and self._elsewhere(sending, now):
                return
        user.on_response(sending, response, now)

    def on_timeout(self, transaction: ClientTransaction, now: float) -> None:
        self._failed(transaction, FailureCause.TIMEOUT, now)

    def on_lost(self, transaction: ClientTransaction, now: float) -> None:
        self._failed(transaction, FailureCause.TRANSPORT, now)

    def on_overdue(self, transaction: ClientTransaction, now: float) -> None:
        sending: Sending = transaction.subject
        if sending.user is not None:
            sending.user.on_overdue(sending, now)

    def _failed(self, transaction: ClientTransaction, cause: FailureCause, now: float) -> None:
        sending: Sending = transaction.subject
        user = sending.user
        if user is None or sending.transaction not in (transaction, None):
            return
        if sending.provisional or not self._elsewhere(sending, now):
            user.on_failure(sending, cause, now)

    def _elsewhere(self, sending: Sending, now: float) -> bool:
        """Try the next address (RFC 3263 §4.3). False where there is none."""
        if not sending.hops:
            return False
        self._try(sending, sending.hops.pop(0), now)
        return True

    def _answer(self, sending: Sending, response: Response, now: float) -> bool:
        """Answer a challenge by the same request with credentials (§22.2). False where it cannot or must not
        be.
        """
        credentials, transaction = sending.credentials, sending.transaction
        if credentials is None or transaction is None:
            return False
        asks, answers = _CHALLENGES[response.status]
        challenges = response.headers.all(asks)
        # A second challenge of the same kind means that the password is wrong, unless the nonce was merely old.
        again = answers in sending.answers
        if again and (sending.challenges >= 3 or not any(_is_stale(each) for each in challenges)):
            return False
        draft = sending.draft
        answer = answer_challenge(
            challenges,
            draft.method,
            draft.uri,
            credentials.username,
            credentials.password,
            self._token(),
            realm=credentials.realm,
        )
        if answer is None:
            return False
        sending.challenges += 1
        sending.answers[answers] = answer
        # The refused try keeps its own draft: it may have to acknowledge the same response once more.
        draft = draft.successor(sending.counter.next_cseq())
        draft.authorization = "".join([f"{name}: {value}\r\n" for name, value in sending.answers.items()])
        self.retry(sending, draft, now)
        return True

    def retry(self, sending: Sending, draft: Draft, now: float) -> None:
        """Send a changed request, with its own CSeq, over the flow of the try before."""
        assert sending.transaction is not None
        sending.draft = draft
        self._try(sending, sending.transaction.flow, now)


def _is_stale(challenge: str) -> bool:
    """Whether a challenge says that only the nonce was old (RFC 7616 §3.3)."""
    try:
        return Challenge.parse(challenge).stale
    except ParseError:
        return False


class _Nobody:
    """The user of CANCEL, whose response tells nothing."""

    __slots__ = ()

    def on_response(self, transaction: ClientTransaction, response: Response, now: float) -> None: ...

    def on_timeout(self, transaction: ClientTransaction, now: float) -> None: ...

    def on_overdue(self, transaction: ClientTransaction, now: float) -> None: ...

    def on_lost(self, transaction: ClientTransaction, now: float) -> None: ...


_NOBODY = _Nobody()
