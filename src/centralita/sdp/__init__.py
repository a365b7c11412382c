"""Session descriptions without I/O: reading and writing them (RFC 8866), and offer and answer (RFC 3264).

Standard library only. Only what a telephone exchange needs: one audio stream over RTP; any other is refused.
"""
