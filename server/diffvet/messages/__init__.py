"""The client of ``POST /v1/messages``: wire structs, both answer shapes, one exception tree."""
