"""Vector search over listings: one contract (`base`), an exact reference (`flat`), and the serving index
(`hybrid` over `snapshot`, written by `builder`)."""
