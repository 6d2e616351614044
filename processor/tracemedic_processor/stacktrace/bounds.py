"""How much of a text is read. Texts are the sender's, so whatever grows with them has an end."""

TEXT_CHARACTERS_MAX = 1 << 20
"""Text beyond it is cut before parsing. Senders usually cut at 32,000 bytes themselves."""
LINES_MAX = 50_000
FRAMES_READ_MAX = 1200
"""Frames read of one exception, before recursion is taken out; the JVM prints 1024 of an overflown stack."""
FRAMES_PER_EXCEPTION_MAX = 250
OUTERMOST_FRAMES_KEPT = 50
"""Of a stack that is too deep the innermost frames and this many of the outermost are kept."""
EXCEPTIONS_PER_CHAIN_MAX = 50
EXCEPTIONS_READ_MAX = 500
"""Exceptions read of one text, beside the way to the root or on it; chains are shortened to the former number later."""
