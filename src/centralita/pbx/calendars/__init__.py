"""Holidays out of calendars: public ones, own days, lists, iCalendar.

:func:`~centralita.pbx.calendars.holidays.compile_calendar` makes one :class:`~centralita.pbx.calendars.holidays.Holidays` of all
that a calendar holds; the other files each read one source.
"""
