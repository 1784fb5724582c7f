"""The command line: ``main`` picks a verb, each verb is one file."""
