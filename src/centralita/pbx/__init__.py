"""The domain of a telephone exchange. Knows no SIP message, no event loop and no SQL."""
