"""The tables of past calls: the records, and the marks by which they are found. Who fills and reads them: ``records``, ``callsearch``."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

journeys = sa.Table(
    "journeys",
    metadata,
    sa.Column("journey", sa.Text, primary_key=True),
    sa.Column("tenant", sa.Text),
    sa.Column("started_at", sa.Double),
    sa.Column("answered_at", sa.Double),
    sa.Column("ended_at", sa.Double),
    sa.Column("direction", sa.Text),
    sa.Column("caller", sa.Text),
    sa.Column("caller_name", sa.Text),
    sa.Column("dialled", sa.Text),
    sa.Column("caller_user", sa.Text),
    sa.Column("called_user", sa.Text),
    sa.Column("answered_user", sa.Text),
    sa.Column("answered_on", sa.Text),
    sa.Column("outcome", sa.Text),
    sa.Column("ended_by", sa.Text),
    sa.Column("sip_status", sa.Integer),
    sa.Column("q850", sa.Integer),
    sa.Column("waiting", sa.Double),
    sa.Column("connected", sa.Double),
    sa.Column("held", sa.Double),
    sa.Column("mos", sa.Double),
    sa.Column("record", sa.Text),
    sa.Column("words", sa.Text),
)
"""``words``: what :func:`centralita.pbx.callrecords.words` makes of numbers and name. On SQLite there is also
``journey_words``, an index over each three characters of it."""
journey_marks = sa.Table(
    "journey_marks",
    metadata,
    sa.Column("tenant", sa.Text, primary_key=True),
    sa.Column("mark", sa.Text, primary_key=True),
    sa.Column("started_at", sa.Double, primary_key=True),
    sa.Column("journey", sa.Text, primary_key=True),
    sqlite_with_rowid=False,
)
"""One row for each of a call's marks (:func:`centralita.pbx.callrecords.marks`)."""
