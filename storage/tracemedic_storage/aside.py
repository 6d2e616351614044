"""What nobody will ever take: kept as files with the reason beside it, so that a person can look and decide."""

import re
from pathlib import Path
from typing import Final

BYTES_MAX: Final = 256 << 20
"""All files together; beyond it the oldest leave, as a flood of poison must not fill the disk."""


class Aside:
    """A bounded folder of poisonous items."""

    def __init__(self, folder: Path, *, bytes_max: int = BYTES_MAX) -> None:
        self._folder = folder
        self._bytes_max = bytes_max

    def keep(self, consumer: str, name: str, raw: bytes, reason: str) -> Path:
        """Write `raw` and, in a text file beside it, why `consumer` could not take it. Returns where.

        `name` tells the item from others of the consumer; keeping it again replaces it.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{re.sub(r'[^A-Za-z0-9_-]', '-', f'{consumer}-{name}')}.bin"
        path.write_bytes(raw)
        path.with_suffix(".txt").write_text(reason + "\n", encoding="utf-8", errors="replace")
        self._make_room()
        return path

    def _make_room(self) -> None:
        files = sorted(self._folder.glob("*.bin"), key=lambda file: file.stat().st_mtime_ns)
        size = sum(file.stat().st_size for file in files)
        for file in files[:-1]:
            if size <= self._bytes_max:
                return
            size -= file.stat().st_size
            file.with_suffix(".txt").unlink(missing_ok=True)
            file.unlink(missing_ok=True)
