"""What the exchange does for a caller itself: voicemail left and heard, star codes, the echo test.

Coroutines over :class:`centralita.pbx.callcontrol.CallControl`; what they say comes from :mod:`centralita.pbx.speech`.
"""

from centralita.pbx.services.echo import echo_test
from centralita.pbx.services.mailbox_menu import voicemail_menu
from centralita.pbx.services.star_codes import star_code
from centralita.pbx.services.voicemail import leave_message

__all__ = ["echo_test", "leave_message", "star_code", "voicemail_menu"]
