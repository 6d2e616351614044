"""The key with which ids of forgotten users are hashed: a file in the data folder, not in the database."""

import os
import secrets
from pathlib import Path
from typing import Final

FILE: Final = "forgotten-users.key"
KEY_BYTES: Final = 32


def forgetting_key(data_dir: Path) -> bytes:
    """The key, made at the first use; readable for its owner alone."""
    file = data_dir / FILE
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return bytes.fromhex(file.read_text().strip())
    with os.fdopen(handle, "w") as opened:
        opened.write(secrets.token_hex(KEY_BYTES))
    return bytes.fromhex(file.read_text())
