"""A real browser, driven by its command line; there need be none."""

import os
import shutil
import subprocess
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
SECONDS_MAX = 60


class BrowserMissingError(Exception):
    """No Chromium on this machine."""


def find() -> str:
    """The path of a Chromium."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        raise BrowserMissingError(f"none of {', '.join(NAMES)} is installed")
    return found


def run(folder: Path, page: Path, *arguments: str) -> str:
    """Open a page headless, in a profile of its own; returns what the browser prints."""
    command = [
        find(),
        "--headless=new",
        "--disable-gpu",
        "--no-first-run",
        "--hide-scrollbars",
        "--disable-background-networking",
        f"--user-data-dir={folder / 'profile'}",
        *(["--no-sandbox"] if os.getuid() == 0 else []),
        *arguments,
        page.as_uri(),
    ]
    done = subprocess.run(command, capture_output=True, timeout=SECONDS_MAX, check=True)
    return done.stdout.decode()
