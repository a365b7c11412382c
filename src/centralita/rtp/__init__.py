"""RTP and what travels in it: packets, RTCP, digits, G.711, quality figures. Pure."""
