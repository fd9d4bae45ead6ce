"""Measuring an encoder, JSON on standard output: `python -m matching.evaluate COMMAND` (see --help)."""
