"""Which errors fall together: the default parts, unless the configuration or the service says otherwise."""

from collections.abc import Mapping, Sequence

from tracemedic_processor.fingerprint.rules import GroupingRule, render
from tracemedic_processor.fingerprint.versions import CURRENT, Release
from tracemedic_storage.records import Record

CUSTOM_FINGERPRINT = "diagnostic.fingerprint"
"""The span's attribute by which a service chooses the key of its error itself."""

CUSTOM_CHARS_MAX = 1024
"""How much of a custom key counts. It comes with the telemetry, so it is bounded and hashed, never used as it is."""

# Chosen keys are hashed from four parts and more, default keys from three: no chosen key equals a default one.
_CHOSEN = ("chosen", "", "")


class Grouping(Record, frozen=True, kw_only=True):
    """The key of one error and how it came about.

    `parts` are name and text of what was hashed; `message` is the message as given, for the explanation of
    differences; `reason` is one sentence.
    """

    fingerprint: str
    version: int
    parts: tuple[tuple[str, str], ...]
    message: str
    normalised_message: str
    reason: str


def group(
    error_type: str,
    message: str,
    source: str,
    *,
    service: str = "",
    attributes: Mapping[str, str] | None = None,
    rules: Sequence[GroupingRule] = (),
    custom: str | None = None,
    release: Release = CURRENT,
) -> Grouping:
    """Return the key of an error and the reason for it.

    The first matching rule decides, for the configuration is the operator's word; otherwise `custom`, the value of
    the attribute `diagnostic.fingerprint`, in which `{default}` stands for the default key; otherwise the default.
    `release` is the version that makes the key.
    """
    version = release.version
    normalised = version.normalise(message)
    default = version.fingerprint_of(error_type, normalised, source)
    found = attributes or {}
    for number, rule in enumerate(rules, start=1):
        if rule.matches(error_type, message, service, found):
            values = {f"attributes.{key}": value for key, value in found.items()}
            values |= {"service": service, "error_type": error_type, "message": normalised, "source": source}
            parts = _parts_of_rule(rule, values | {"default": default}, release)
            return _chosen(release, parts, message, normalised, f"grouping rule {number} of the configuration")
    if custom is not None and custom.strip():
        key = render_custom(custom, default)
        return _chosen(release, (("custom", key),), message, normalised, f"the span's attribute {CUSTOM_FINGERPRINT}")
    return Grouping(
        fingerprint=default,
        version=release.number,
        parts=(("type", error_type), ("message", normalised[: version.MESSAGE_CHARS_MAX]), ("source", source)),
        message=message,
        normalised_message=normalised,
        reason="type, normalised message and source",
    )


def render_custom(custom: str, default: str) -> str:
    """Bound a custom key and fill in `{default}`, the only name that untrusted text may use."""
    return custom.strip()[:CUSTOM_CHARS_MAX].replace("{default}", default)


def _parts_of_rule(rule: GroupingRule, values: Mapping[str, str], release: Release) -> tuple[tuple[str, str], ...]:
    if rule.fingerprint is not None:
        return (("rule", render(rule.fingerprint, values)),)
    message = values["message"][: release.version.MESSAGE_CHARS_MAX]
    default = (("type", values["error_type"]), ("message", message), ("source", values["source"]))
    kept = tuple(part for part in default if part[0] not in rule.remove)
    return kept + tuple((template, render(template, values)) for template in rule.add)


def _chosen(
    release: Release, parts: tuple[tuple[str, str], ...], message: str, normalised: str, reason: str
) -> Grouping:
    flat = tuple(text for part in parts for text in part)
    return Grouping(
        fingerprint=release.version.hash_of(_CHOSEN + flat),
        version=release.number,
        parts=parts,
        message=message,
        normalised_message=normalised,
        reason=reason,
    )
