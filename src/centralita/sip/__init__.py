"""SIP without I/O: state machines that take bytes, facts and the time, and give back bytes and facts.

Standard library only; no sockets, no clock, no asyncio. The one door is :mod:`centralita.sip.endpoint`.
"""
