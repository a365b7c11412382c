"""The kinds of configuration, one file each, and the snapshot that is one published version of a tenant."""
