"""The composition root: the only package that knows every adapter, and the supervisor that runs the processes.

One module is one process (``switch``, ``web``, ``jobs``: each importing only what it needs) or one step of the start.
"""

import sys

# structlog takes rich along, where it finds it, to draw tracebacks: a quarter of a second at the start of each process, for
# what we print plainly anyway. The processes use nothing else of it.
if "rich" not in sys.modules:
    sys.modules["rich"] = None  # type: ignore[assignment]  # import then says that there is none
