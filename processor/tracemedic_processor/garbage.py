"""How often Python looks for cycles of garbage."""

import gc
from typing import Final

ALLOCATIONS_PER_COLLECTION: Final = 50_000
"""Python's default of 700 has it look through our objects several times a request; a request makes thousands, nearly
all freed by their reference counts, and the pipeline makes no cycles of its own."""


def settle() -> None:
    """Call when everything is loaded: what lives for ever is never looked at again, the rest more rarely.

    Measured on requests of 512 spans with five errors: a sixth less CPU.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(ALLOCATIONS_PER_COLLECTION, 20, 50)
