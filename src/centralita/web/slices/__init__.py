"""The resources of the API: one file each, with routes, schemas and what they do."""
