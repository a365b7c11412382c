"""The switch: pumps the SIP endpoint and runs calls."""
