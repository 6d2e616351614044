"""Credentials and cookies as HTTP carries them."""

import base64

from tracemedic_processor.redaction.checks import has_digit, looks_random
from tracemedic_processor.redaction.placeholders import is_placeholder
from tracemedic_processor.redaction.rule import Rule, rule, when

_QUOTE = r"(?:\\{0,8}[\"'`])"
_TO = rf"{_QUOTE}?\s?(?:=>|[:=,])\s?[\[(b]{{0,4}}{_QUOTE}?\[?"


def _is_basic(value: str) -> bool:
    """Whether it decodes to `user:password`."""
    try:
        plain = base64.b64decode(value.rstrip("=") + "=" * (-len(value.rstrip("=")) % 4))
    except ValueError:
        return False
    return b":" in plain


def _is_given(value: str) -> bool:
    return not is_placeholder(value) and "<" not in value[:2] and "{" not in value


def _is_credential(value: str) -> bool:
    return not is_placeholder(value) and (has_digit(value) or looks_random(value))


RULES: tuple[Rule, ...] = (
    rule(
        "authorization",
        rf"(?i:authorization){_TO}(?i:(?:bearer|basic|token|digest|negotiate|ntlm|apikey|api-key|key|hawk|oauth|"
        r"aws4-hmac-sha256|sharedkey|sharedaccesssignature|bot|jwt|dpop|ssws|splunk|genie|macaroon|vapid|signature)"
        r"(?:\s{1,8}|%20|\+))(?P<secret>[^\s\"'`\\\]})][^\r\n\"'`\\\]})]*(?:\"[^\r\n\"]{0,256}\"[^\r\n\"'`\\\]})]*){0,12})",
        "authorization",
        extent=when(_is_given),
    ),
    rule(
        "authorization",
        rf"(?i:authorization){_TO}[A-Za-z][A-Za-z0-9_-]{{1,24}}\s(?P<secret>[A-Za-z0-9._~+/=:-]{{12,}})",
        "authorization",
        extent=when(_is_credential),
    ),
    rule(
        "authorization",
        rf"(?i:authorization){_TO}(?P<secret>[A-Za-z0-9._~+/=:-]{{12,}})",
        "authorization",
        extent=when(_is_credential),
    ),
    rule(
        "authorization",
        r"(?i:\bbearer)(?:\s{1,8}|%20)[\"']?(?P<secret>[A-Za-z0-9._~+/=-]{8,})",
        "bearer",
        extent=when(_is_credential),
    ),
    rule(
        "authorization",
        r"(?i:\bbasic)(?:\s{1,8}|%20)[\"']?(?P<secret>[A-Za-z0-9+/_-]{6,}={0,2})",
        "basic",
        extent=when(_is_basic),
    ),
    rule(
        "authorization",
        r"AUTH (?:PLAIN|LOGIN|CRAM-MD5|XOAUTH2|OAUTHBEARER) (?P<secret>[A-Za-z0-9+/]{8,}={0,2})",
        "auth ",
    ),
    rule(
        "authorization",
        r"Credential=[A-Z0-9]{16,}/(?P<secret>\d{8}/[^\r\n\"']{0,2048}?Signature=[0-9a-f]{64})",
        "credential=",
    ),
    rule(
        "cookie",
        r"(?i:cookie2?)(?:\\{0,8}[\"']\s?(?:=>|[:,])|\s?:)\s?[\[(b]{0,4}(?:\\{0,8}[\"'])?\[?(?P<secret>[!#$%&*+.^_|~0-9A-Za-z-]{1,128}=[^\r\n\"'\\\]}]*(?:\"[^\r\n\"]{0,512}\"[^\r\n\"'\\\]}]*){0,4})",
        "cookie",
    ),
)
