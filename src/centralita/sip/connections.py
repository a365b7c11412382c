"""The stream connections that an endpoint knows, and the queue of what the shell has to send.

UDP has nothing to remember. A connection is known from its first bytes, or from the Open that asked for it,
until the shell says that it is closed. Bytes for one that is being opened wait here.
"""

from __future__ import annotations

from collections.abc import Sequence

from centralita.sip.client_transaction import ClientTransaction
from centralita.sip.events import Close, Open, Output, Send
from centralita.sip.flow import Flow
from centralita.sip.parser import Limits, StreamParser
from centralita.sip.server_transaction import ServerTransaction

Transaction = ClientTransaction | ServerTransaction


class _Connection:
    """One open connection: its framing and the transactions that rely on it (a dict, to keep their order)."""

    __slots__ = ("parser", "transactions")

    def __init__(self, limits: Limits) -> None:
        self.parser = StreamParser(limits)
        self.transactions: dict[Transaction, None] = {}


class _Opening:
    """A connection that was asked for: what waits for it."""

    __slots__ = ("data", "transactions")

    def __init__(self) -> None:
        self.data: list[bytes] = []
        self.transactions: dict[Transaction, None] = {}


class Connections:
    """Streams by flow, and the outputs."""

    __slots__ = ("_by_address", "_limits", "_open", "_opening", "outputs")

    def __init__(self, limits: Limits) -> None:
        self.outputs: list[Output] = []
        self._limits = limits
        self._open: dict[Flow, _Connection] = {}
        self._by_address: dict[Flow, Flow] = {}
        """The newest connection to an address; the key is the flow with connection 0."""
        self._opening: dict[Flow, _Opening] = {}

    def __len__(self) -> int:
        return len(self._open) + len(self._opening)

    def parser(self, flow: Flow) -> StreamParser:
        """The framing of a connection, known from now on if it was not."""
        connection = self._open.get(flow)
        return self._know(flow).parser if connection is None else connection.parser

    def is_open(self, flow: Flow) -> bool:
        """Whether something can be sent over this flow without asking for a connection."""
        return flow.transport == "UDP" or flow in self._open

    def _know(self, flow: Flow) -> _Connection:
        connection = self._open[flow] = _Connection(self._limits)
        self._by_address[flow._replace(connection=0)] = flow
        return connection

    # --- sending --------------------------------------------------------------------------------------------------

    def transmit(self, flow: Flow, data: bytes) -> None:
        """Send, or keep for a connection that is being opened; what has no connection is dropped."""
        if flow.transport == "UDP" or flow in self._open:
            self.outputs.append(Send(flow, data))
        elif flow in self._opening:
            self._opening[flow].data.append(data)

    def post(self, flow: Flow, data: bytes) -> None:
        """Send what no transaction waits for (an ACK), over a new connection if need be."""
        if flow.connection == 0 and flow.transport != "UDP":
            known = self._by_address.get(flow)
            if known is not None:
                flow = known
            elif flow not in self._opening:
                self._ask(flow)
        self.transmit(flow, data)

    def carry(self, transaction: ClientTransaction) -> bool:
        """Send a new request over a stream: an open one to that address, or one to be opened.

        False where the flow is a connection that is gone.
        """
        flow = transaction.flow
        if flow.connection == 0:
            known = self._by_address.get(flow)
            if known is None:
                if flow not in self._opening:
                    self._ask(flow)
                self._opening[flow].transactions[transaction] = None
                self._opening[flow].data.append(transaction.data)
                return True
            flow = transaction.flow = known
        connection = self._open.get(flow)
        if connection is None:
            return False
        connection.transactions[transaction] = None
        self.outputs.append(Send(flow, transaction.data))
        return True

    def _ask(self, flow: Flow) -> None:
        self._opening[flow] = _Opening()
        self.outputs.append(Open(flow))

    def close(self, flow: Flow) -> None:
        self.outputs.append(Close(flow))

    # --- who relies on what ---------------------------------------------------------------------------------------

    def attach(self, transaction: Transaction) -> None:
        """The transaction ends when its connection does."""
        connection = self._open.get(transaction.flow)
        if connection is not None:
            connection.transactions[transaction] = None

    def drop(self, transaction: Transaction) -> None:
        """The transaction is over."""
        holder = self._open.get(transaction.flow) or self._opening.get(transaction.flow)
        if holder is not None:
            holder.transactions.pop(transaction, None)

    # --- what the shell reports -----------------------------------------------------------------------------------

    def opened(self, wanted: Flow, flow: Flow) -> None:
        """The connection asked for is up: send what waited, in order."""
        opening = self._opening.pop(wanted, None)
        connection = self._open.get(flow) or self._know(flow)
        if opening is None:
            return
        for transaction in opening.transactions:
            transaction.flow = flow
            connection.transactions[transaction] = None
        self.outputs.extend([Send(flow, data) for data in opening.data])

    def closed(self, flow: Flow) -> Sequence[Transaction]:
        """The connection is gone, or could not be opened. Gives the transactions that relied on it."""
        holder: _Connection | _Opening | None = self._open.pop(flow, None)
        if holder is None:
            holder = self._opening.pop(flow, None)
        address = flow._replace(connection=0)
        if self._by_address.get(address) == flow:
            del self._by_address[address]
        return list(holder.transactions) if holder is not None else ()
