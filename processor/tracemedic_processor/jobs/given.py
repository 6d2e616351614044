"""Parts for jobs, which are plain functions that any process may go on with: they find their parts, and take none."""

from typing import Generic, TypeVar

T = TypeVar("T")


class Given(Generic[T]):
    """One part, given once before the jobs of this process begin."""

    def __init__(self) -> None:
        self._part: T | None = None

    def give(self, part: T) -> None:
        """From now on jobs use `part`."""
        self._part = part

    @property
    def part(self) -> T:
        """What was given. Raises `LookupError` before."""
        if self._part is None:
            raise LookupError("the jobs of this process were not given their parts")
        return self._part
