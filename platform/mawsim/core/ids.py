"""Public identifiers: what a URL shows tells neither how many rows there are nor their order."""

import secrets

_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # no 0/o, 1/i/l: they are misread on paper
LENGTH = 12


def new_public_id() -> str:
    """12 random characters of 31: 59 bits, unguessable at any rate that the site would answer."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(LENGTH))
