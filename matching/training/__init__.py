"""From the parallel corpus to the shipped encoder: `python -m matching.training all --help`."""
