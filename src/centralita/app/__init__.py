"""The composition root: the only package that knows every adapter, and the supervisor that runs the processes.

One module is one process (``switch``, ``web``, ``jobs``: each importing only what it needs) or one step of the start.
"""
