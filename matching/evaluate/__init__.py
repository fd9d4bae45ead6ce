"""Measuring an encoder: `python -m matching.evaluate bitext|retrieval|speed`, JSON on standard output."""
