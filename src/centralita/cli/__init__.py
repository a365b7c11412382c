"""The command `centralita`."""
