"""What to say, as lists of prompt keys, in Spanish and English. Pure; how it sounds is the prompt packs' matter.

``numbers``, ``dates`` and ``durations`` speak figures; ``phrases`` is the catalogue; ``sentences`` puts both together.
"""
