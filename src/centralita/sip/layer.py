"""The transaction layer: which transaction a message belongs to (RFC 3261 §17.1.3, §17.2.3), and their store.

One dictionary look-up for each message. What no transaction wants goes up to whoever uses the layer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from centralita.sip.client_transaction import ClientTransaction, ClientUser
from centralita.sip.compose import REASONS, Draft, copied_head, copied_tail, response
from centralita.sip.connections import Connections, Transaction
from centralita.sip.fields import branch_of, cseq_of, server_key, tag_of
from centralita.sip.flow import Flow
from centralita.sip.grammar import format_host
from centralita.sip.message import Request, Response
from centralita.sip.server_transaction import ServerTransaction
from centralita.sip.timers import TimerHeap, Timers
from centralita.sip.transaction import Input, State


class TransactionLayer:
    """All transactions of an endpoint."""

    __slots__ = (
        "_connections",
        "_sent_by",
        "_token",
        "clients",
        "heap",
        "lifetime",
        "merged",
        "servers",
        "times",
    )

    def __init__(
        self,
        times: Timers,
        heap: TimerHeap,
        connections: Connections,
        sent_by: tuple[str, int],
        token: Callable[[], str],
    ) -> None:
        self.times = times
        self.lifetime = times.lifetime
        self.heap = heap
        self.clients: dict[str, ClientTransaction] = {}
        """By branch and method."""
        self.servers: dict[str, ServerTransaction] = {}
        """By branch, sent-by and method."""
        self.merged: dict[str, ServerTransaction] = {}
        """Those begun outside dialogs, by what a merged request has in common with them (§8.2.2.2)."""
        self._connections = connections
        self._sent_by = format_host(*sent_by)
        self._token = token

    def __len__(self) -> int:
        return len(self.clients) + len(self.servers)

    # --- client side ----------------------------------------------------------------------------------------------

    def via(self, transport: str, branch: str) -> str:
        """Our Via value; rport asks the peer to note where it got the request from (RFC 3581)."""
        return f"SIP/2.0/{transport} {self._sent_by};branch={branch};rport"

    def branch(self) -> str:
        return f"z9hG4bK{self._token()}"

    def start(
        self, draft: Draft, flow: Flow, user: ClientUser, subject: object, now: float, branch: str = ""
    ) -> ClientTransaction:
        """Send a request; a CANCEL takes the branch of what it cancels."""
        transaction = ClientTransaction(self, draft, branch or self.branch(), flow, user, subject)
        self.clients[transaction.key] = transaction
        transaction.begin(now)
        if flow.transport == "UDP":
            self._connections.transmit(flow, transaction.data)
        elif not self._connections.carry(transaction):
            transaction.step(Input.LOST, now)
        return transaction

    def on_response(self, message: Response, now: float) -> None:
        """A response that came; one that belongs to no transaction is dropped (§18.1.2)."""
        fields = message.headers.fields
        method = fields["cseq"][0].partition(" ")[2]
        transaction = self.clients.get(f"{branch_of(fields['via'][0])}|{method}")
        if transaction is None:
            return
        status = message.status
        what = Input.PROVISIONAL if status < 200 else Input.SUCCESS if status < 300 else Input.FAILURE
        transaction.step(what, now, message)

    def forget_client(self, transaction: ClientTransaction) -> None:
        del self.clients[transaction.key]
        if transaction.flow.transport != "UDP":
            self._connections.drop(transaction)

    # --- server side ----------------------------------------------------------------------------------------------

    def key_of(self, request: Request) -> str:
        """What transactions of this request are known by, without the method."""
        fields = request.headers.fields
        key = server_key(fields["via"][0])
        if key:
            return key
        # RFC 2543 made branches that say nothing: then these together (§17.2.3). To is left out, since the ACK has
        # the tag of our response there.
        number = cseq_of(request.headers)
        tag = tag_of(fields["from"][0])
        return f"{request.uri}|{tag}|{fields['call-id'][0]}|{number}|{fields['via'][0]}"

    def accept(self, request: Request, key: str, flow: Flow) -> ServerTransaction:
        """Begin the transaction of a request that no transaction wanted."""
        invite = request.method == "INVITE"
        transaction = ServerTransaction(self, f"{key}|{request.method}", invite, flow)
        fields = request.headers.fields
        transaction.head = copied_head(fields, invite)
        transaction.to = fields["to"][0]
        transaction.tail = copied_tail(fields)
        self.servers[transaction.key] = transaction
        if flow.transport != "UDP":
            self._connections.attach(transaction)
        return transaction

    def remember_merge_key(self, transaction: ServerTransaction, key: str) -> None:
        transaction.merge_key = key
        self.merged[key] = transaction

    def respond(
        self,
        transaction: ServerTransaction,
        status: int,
        now: float,
        rest: str = "",
        body: bytes = b"",
        reason: str = "",
    ) -> bytes:
        """Send a response through its transaction. Gives its bytes."""
        to = transaction.to
        if transaction.tag and status > 100:
            to = f"{to};tag={transaction.tag}"
        reason = reason or REASONS.get(status, "Unknown")
        if status in (401, 407):
            # Some phones come back with credentials under the same CSeq: that is no merged request.
            self._forget_merge_key(transaction)
        data = response(status, reason, transaction.head, to, transaction.tail, rest, body)
        what = Input.PROVISIONAL if status < 200 else Input.SUCCESS if status < 300 else Input.FAILURE
        transaction.step(what, now, data)
        return data

    def forget_server(self, transaction: ServerTransaction) -> None:
        del self.servers[transaction.key]
        self._forget_merge_key(transaction)
        if transaction.flow.transport != "UDP":
            self._connections.drop(transaction)

    def _forget_merge_key(self, transaction: ServerTransaction) -> None:
        key = transaction.merge_key
        if key:
            transaction.merge_key = ""
            del self.merged[key]

    # --- both -----------------------------------------------------------------------------------------------------

    def transmit(self, flow: Flow, data: bytes) -> None:
        self._connections.transmit(flow, data)

    def lost(self, flow: Flow, now: float) -> None:
        """A connection is gone, or datagrams come back from that address: all that waits there is told."""
        if flow.transport == "UDP":
            waiting: Sequence[Transaction] = [each for each in self.clients.values() if each.flow == flow]
        else:
            waiting = self._connections.closed(flow)
        for transaction in waiting:
            # The end of one may have ended another.
            if transaction.state is not State.TERMINATED:
                transaction.step(Input.LOST, now)
