"""Work off the path of a call: folding the journal into the database, mail, retention."""
