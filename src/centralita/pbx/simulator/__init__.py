"""The dry run: the live router's own code against a virtual clock and a scripted world.

``simulate`` plays one :class:`Scenario` and tells the whole way; ``cases`` runs the saved routing tests; ``replay`` plays past
calls on two versions and tells which would have ended elsewhere. What a call does is decided elsewhere in :mod:`centralita.pbx`:
here is only what the world around it does.
"""

from centralita.pbx.simulator.mermaid import render_mermaid
from centralita.pbx.simulator.run import NoSuchCaller, fresh_state, simulate
from centralita.pbx.simulator.scenario import Behaviour, Scenario, parse_behaviour
from centralita.pbx.simulator.simulation import Event, Heard, Rang, Simulation, Step
from centralita.pbx.simulator.text import render_text

__all__ = [
    "Behaviour",
    "Event",
    "Heard",
    "NoSuchCaller",
    "Rang",
    "Scenario",
    "Simulation",
    "Step",
    "fresh_state",
    "parse_behaviour",
    "render_mermaid",
    "render_text",
    "simulate",
]
