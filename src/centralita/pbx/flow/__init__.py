"""Call flows: compiled when a version is published, then walked by calls.

``compiler`` makes the graph of a model flow, whose nodes are in ``deciding``, ``sharing``, ``speaking``, ``asking`` and ``resting``;
``walk`` is what a call carries along, ``runner`` takes it from node to node. Whether a flow makes sense is not looked at here.
"""
