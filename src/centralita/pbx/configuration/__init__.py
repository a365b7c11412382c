"""A tenant's configuration as a whole: read what somebody wrote, complete it, find everything that is wrong, tell what changed.

Pure: files and YAML are in :mod:`centralita.store.documents`, versions in :mod:`centralita.store.configs`.
"""
