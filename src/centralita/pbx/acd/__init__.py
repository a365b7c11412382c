"""The call centre: queues of callers, agents who serve them, and who gets whom. Pure: no clock, no I/O.

``floor`` is the engine (events in; news and facts out), ``waiting`` the coroutine of one caller in a queue, ``facts`` what the
journal keeps, ``queue_log`` the same in Asterisk's words.
"""
