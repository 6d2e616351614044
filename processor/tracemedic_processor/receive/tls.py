"""Certificates of the receivers, looked at again from time to time so that renewals need no restart."""

import logging
import ssl
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import msgspec

from tracemedic_processor.receive.settings import TlsSettings
from tracemedic_processor.receive.start_errors import TlsError

_logger = logging.getLogger(__name__)

_VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}

_FileStamp = tuple[int, int, int]


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Certificate, key and client authorities as PEM, and a context made of them."""

    certificate: bytes
    key: bytes
    client_ca: bytes | None
    context: ssl.SSLContext


class Certificates:
    """The identity in use. Safe to be asked from any thread: gRPC asks from its own."""

    def __init__(self, settings: TlsSettings, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Read the files. Raises `TlsError`. `clock` gives seconds."""
        self._settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._stamps = _stamps(settings)
        self._looked_at_s = clock()
        self._identity = load_identity(settings)

    def current(self) -> Identity:
        """The identity for a new connection: read again when a file changed, the old one when the new is unusable.

        The files are looked at no more often than every `reload_interval_s`.
        """
        with self._lock:
            if self._clock() - self._looked_at_s >= self._settings.reload_interval_s:
                self._looked_at_s = self._clock()
                self._reload()
            return self._identity

    def _reload(self) -> None:
        try:
            stamps = _stamps(self._settings)
            if stamps != self._stamps:
                self._identity = load_identity(self._settings)
                self._stamps = stamps
                _logger.info("new certificate files are in use for new connections")
        except TlsError as error:
            _logger.warning("the certificate in use is kept: %s", error)


class ReloadingContext(ssl.SSLContext):
    """A server's context that gives each new connection the context of the moment."""

    certificates: Certificates

    @classmethod
    def of(cls, certificates: Certificates) -> "ReloadingContext":
        """A context for asyncio's servers."""
        context = cls(ssl.PROTOCOL_TLS_SERVER)
        context.certificates = certificates
        return context

    def wrap_bio(
        self,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_side: bool = False,  # noqa: FBT002 - the signature of the base class
        server_hostname: str | bytes | None = None,
        session: ssl.SSLSession | None = None,
    ) -> ssl.SSLObject:
        """What asyncio calls for each connection."""
        context = self.certificates.current().context
        return context.wrap_bio(incoming, outgoing, server_side, server_hostname, session)


def load_identity(settings: TlsSettings) -> Identity:
    """The files as they are now, checked to belong together. Raises `TlsError`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = _VERSIONS[settings.minimum_version]
    certificate = _read(settings.certificate_file, "certificate_file")
    key = _read(settings.key_file, "key_file")
    client_ca = _read(settings.client_ca_file, "client_ca_file") if settings.client_ca_file else None
    _load_pair(context, settings)
    if client_ca is not None:
        _require_clients(context, client_ca, settings)
    return Identity(certificate=certificate, key=key, client_ca=client_ca, context=context)


def _load_pair(context: ssl.SSLContext, settings: TlsSettings) -> None:
    def refuse_pass_phrase() -> NoReturn:
        raise TlsError(f"tls.key_file: {settings.key_file} has a pass phrase; give a key without one")

    try:
        context.load_cert_chain(settings.certificate_file, settings.key_file, password=refuse_pass_phrase)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise TlsError(f"tls.key_file: {settings.key_file} is not the key of {settings.certificate_file}") from None
        raise TlsError(
            f"tls.certificate_file, tls.key_file: {settings.certificate_file} and {settings.key_file} are not a "
            f"certificate and its key in PEM ({error.reason or 'unreadable'})"
        ) from None


def _require_clients(context: ssl.SSLContext, client_ca: bytes, settings: TlsSettings) -> None:
    context.verify_mode = ssl.CERT_REQUIRED
    try:
        context.load_verify_locations(cadata=client_ca.decode("ascii", "replace"))
    except ssl.SSLError as error:
        raise TlsError(
            f"tls.client_ca_file: {settings.client_ca_file} has no certificate in PEM ({error.reason})"
        ) from None


def _read(path: Path, setting: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, setting, error) from None


def _stamps(settings: TlsSettings) -> list[_FileStamp]:
    """What changes when a file is written or replaced, also within one tick of the clock."""
    files = (
        ("certificate_file", settings.certificate_file),
        ("key_file", settings.key_file),
        ("client_ca_file", settings.client_ca_file),
    )
    return [_stamp(path, setting) for setting, path in files if path]


def _stamp(path: Path, setting: str) -> _FileStamp:
    try:
        found = path.stat()
    except OSError as error:
        raise _unreadable(path, setting, error) from None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _unreadable(path: Path, setting: str, error: OSError) -> TlsError:
    return TlsError(f"tls.{setting}: cannot read {path} ({error.strerror})")
