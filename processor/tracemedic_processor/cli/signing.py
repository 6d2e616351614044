"""Who acts on the command line, and what they have to say about it."""

import getpass
import os

from tracemedic_processor.redaction import Redactor


def author_of(given: str | None) -> str:
    """The name that was given, else the login name."""
    if given:
        return given
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # in a container nobody may have a name
        return f"uid {os.getuid()}"


def note_of(text: str) -> str:
    """A note is typed by hand and read by many: what is secret in it does not enter."""
    return str(Redactor().redact(text).text) if text else ""
