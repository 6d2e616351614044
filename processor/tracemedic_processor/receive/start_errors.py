"""Why a receiver cannot start. Each text is one line that names the setting to change.

StartError
├── AddressError      cannot listen there
│   └── AddressInUse  another socket listens there already
└── TlsError          certificate files missing, unreadable or not belonging together
"""


class StartError(Exception):
    """A receiver cannot start with these settings."""


class AddressError(StartError):
    """A receiver cannot listen at its address."""


class AddressInUse(AddressError):
    """Another socket listens at the address already."""


class TlsError(StartError):
    """The certificate, key or client CA file cannot be used."""
