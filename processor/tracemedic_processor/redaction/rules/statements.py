"""Secrets in command lines, SQL, markup, pairs of name and value, and sentences."""

import re

from tracemedic_processor.redaction.checks import has_digit
from tracemedic_processor.redaction.names import STEMS, telling
from tracemedic_processor.redaction.placeholders import is_placeholder
from tracemedic_processor.redaction.rule import Extent, Rule, rule
from tracemedic_processor.redaction.values import is_code, is_dense, is_prose, is_secret

_STEM = rf"(?i:{'|'.join(STEMS)})"
_BARE = r"[^\s\"'`;|&)\]<>,]{1,512}"
_VALUE = rf"(?:\"(?P<double>[^\"\n]{{1,512}})\"|'(?P<single>[^'\n]{{1,512}})'|(?P<bare>{_BARE}))"


def _literal(match: "re.Match[str]") -> tuple[int, int] | None:
    group = match.lastgroup
    if group is None or is_placeholder(match[group]) or match[group].startswith("-"):
        return None
    if group == "bare" and (is_code(match[group]) or match.string[match.end() : match.end() + 1] in {"(", "["}):
        return None
    return match.span(group)


def _told(match: "re.Match[str]") -> tuple[int, int] | None:
    told = telling(match["name"])
    extent = _literal(match)
    if told is None or extent is None:
        return None
    value = match.string[extent[0] : extent[1]]
    return extent if is_secret(value, told) and not is_prose(value, spaced=False, line=False) else None


def _told_random(match: "re.Match[str]") -> tuple[int, int] | None:
    told = telling(match["name"])
    if told is None:
        return None
    header = "-" in match["name"]
    value = match["secret"]
    return (
        match.span("secret") if (has_digit(value) and is_secret(value, told) if header else is_dense(value)) else None
    )


def _dense(match: "re.Match[str]") -> tuple[int, int] | None:
    return match.span("secret") if is_dense(match["secret"]) else None


def _no_address(match: "re.Match[str]") -> tuple[int, int] | None:
    return None if re.fullmatch(r"[0-9a-fA-F:]+", match[0]) or "::" in match[0] else match.span("secret")


def _code(match: "re.Match[str]") -> tuple[int, int] | None:
    words = match[0].lower()
    return match.span("secret") if "code" in words or "otp" in words or "pin" in words or "password" in words else None


def _combination(match: "re.Match[str]") -> tuple[int, int] | None:
    """`mail:password` lists; no port, no path, no version."""
    secret = match["secret"]
    mixed = any(char.isalpha() for char in secret) and any(char.isdigit() for char in secret)
    return match.span("secret") if mixed and not set(secret) & set("/:()[]<>") else None


def _command(kind: str, names: str, option: str, *anchors: str, extent: Extent = _literal) -> Rule:
    return rule(kind, rf"\b(?:{names})\b[^\n|;]{{0,400}}?[\s\"',]{option}{_VALUE}", *anchors, extent=extent)


RULES: tuple[Rule, ...] = (
    rule(
        "password",
        rf"(?<![A-Za-z0-9_-])--?(?P<name>[A-Za-z0-9_-]{{0,40}}{_STEM}[A-Za-z0-9_-]{{0,24}})(?:[\"'],?\s{{1,8}}|\s{{1,8}}){_VALUE}",
        "-",
        extent=_told,
    ),
    _command(
        "password",
        "mysql|mysqldump|mysqladmin|mysqlimport|mysqlcheck|mariadb|mariadb-dump|mariadb-admin|7za?|unrar|rar",
        "-p",
        "mysql",
        "mariadb",
        "7z",
        "rar",
    ),
    _command(
        "password",
        r"sshpass|mongo(?:sh|dump|restore|export|import)?|(?:docker|podman|buildah|oc|az|helm registry|nerdctl"
        r"|skopeo|crane auth|acr) login|impacket\S{0,64}|rabbitmqadmin|influx|cqlsh|crackmapexec|unzip",
        r"-(?:p|P)[\s\"',]{1,4}",
        "sshpass",
        "mongo",
        " login",
        "rabbitmqadmin",
        "influx",
        "cqlsh",
        "unzip",
        "impacket",
        "crackmapexec",
    ),
    _command("password", "sshpass", "-p", "sshpass"),
    _command("password", "sqlcmd|bcp|osql|isql|zip|tsql", r"-P\s{0,4}", "sqlcmd", "bcp", "osql", "isql", "zip", "tsql"),
    _command("password", "redis-cli|valkey-cli|keydb-cli", r"-a[\s\"',]{1,4}", "redis-cli", "valkey-cli", "keydb-cli"),
    _command("password", "ldap(?:search|modify|add|passwd|whoami|delete)", r"-w[\s\"',]{0,4}", "ldap"),
    _command("password", "snmp(?:walk|get|set|bulkwalk)", r"-[AX]\s{1,4}", "snmp"),
    rule(
        "password",
        r"\b(?:smbclient|rpcclient|mount\.cifs|net)\b[^\n|;]{0,300}?-U[\s\"']{0,3}[^\s%\"']{1,64}%(?P<secret>[^\s\"']{1,128})",
        "%",
    ),
    rule(
        "password",
        rf"\bhtpasswd\s{{1,8}}-[a-zA-Z]{{0,8}}b[a-zA-Z]{{0,8}}\s{{1,8}}\S{{1,256}}\s{{1,8}}\S{{1,128}}\s{{1,8}}{_VALUE}",
        "htpasswd",
        extent=_literal,
    ),
    rule("password", r"\bnet use\b[^\n]{0,200}?/user:\S{1,128}\s{1,8}(?P<secret>\S{1,128})", "net use"),
    rule(
        "password",
        r"\b(?:sqlplus|rman|expdp|impdp|sqlldr|imp|exp)\b[^\n]{0,200}?\s[\"']?\w{1,64}/(?P<secret>[^\s@/\"']{1,128})@",
        "@",
    ),
    rule(
        "password",
        r"\b(?:curl|wget|https?|xh|aria2c|lftp|ncftp)\b[^\n|;]{0,400}?[\s\"'](?:-u|-U|-a|--user|--proxy-user|--auth)[\s\"',=]{0,4}[^\s:\"'/]{1,64}:(?P<secret>[^\s\"']{1,256})",
        "-u",
        "-a",
        "--user",
        "--proxy-user",
        "--auth",
    ),
    rule("password", r"-(?:pass(?:in|out)?|k)[\s\"',]{1,4}pass:(?P<secret>[^\s\"']{1,256})", "pass:"),
    rule(
        "password",
        r"(?i:\bmachine\s{1,8}\S{1,253}\s{1,8}login\s{1,8}\S{1,128}\s{1,8}password)\s{1,8}(?P<secret>\S{1,256})",
        "machine",
    ),
    rule(
        "password",
        r"(?<![\w.-])(?:[A-Za-z0-9.-]{1,128}|\*):(?:\d{2,5}|\*):[\w*-]{1,63}:[\w*-]{1,63}:(?P<secret>[^\s:\"']{1,128})(?=\s|\Z)",
        ":",
        extent=_no_address,
    ),
    rule(
        "password",
        r"(?i:\bidentified(?:\s{1,8}with\s{1,8}\S{1,64})?\s{1,8}(?:by|as)\s{1,8}(?:password\s{1,8})?)(?:(?P<quote>[\"'])(?P<double"
        r">[^\"'\n]{1,512})(?P=quote)|(?<=BY )(?P<bare>[^\s\"';,]{1,128}))",
        "identified",
        extent=_literal,
    ),
    rule(
        "password",
        r"(?i:\bpassword)\s{0,4}\(?\s{0,2}(?P<open>\\?[\"'])(?P<secret>[^\"'\\\n]{1,256})\\?[\"']\)?(?i:(?=\s{0,4}"
        r"(?:;|\Z|valid|in role|superuser|login|createdb|inherit|\)|where)))",
        "password",
    ),
    rule(
        "password",
        r"(?i:\bset password for )[^=\n]{1,200}=\s{0,4}(?i:password\()?'(?P<secret>[^'\n]{1,256})'",
        "set password",
    ),
    rule(
        "password",
        r"(?:^|[\s\"'>])(?:AUTH|CONFIG SET (?:requirepass|masterauth))[\s\"',]{1,4}(?:[\w-]{1,64} )?(?P<secret"
        r">[^\s\"',]{6,256})(?=[\"']?(?:\s|\Z))",
        "auth",
        "config set",
        flags=re.MULTILINE,
        extent=_dense,
    ),
    rule(
        "password",
        rf"<(?P<name>[A-Za-z0-9_:.-]{{0,40}}{_STEM}[A-Za-z0-9_.-]{{0,24}})(?:\s[^<>\n]{{0,256}})?>\s{{0,32}}(?P<bare>[^<>\s][^<>\n]{{0,1024}}?)\s{{0,32}}</",
        "<",
        extent=_told,
    ),
    rule(
        "password",
        rf"(?i:\b(?:key|name|header|field|setting)(?:\\?[\"'])?\s{{0,4}}(?:[:=]|=>)\s{{0,4}}(?:\\?[\"'])?(?P<name>[A-Za-z0-9_.-]{{0,40}}{_STEM}[A-Za-z0-9_.-]{{0,24}}))(?:\\?[\"'])?,?\s{{1,32}}(?:\\?[\"'])?(?i:value|val|data)(?:\\?[\"'])?\s{{0,4}}(?:[:=]|=>)\s{{0,4}}(?:\\?[\"'])?(?P<bare>[^\s\"'\\,;}}<>][^\"'\\\n,;}}<>]{{0,1024}})",
        "value",
        "val",
        "data",
        extent=_told,
    ),
    rule(
        "password",
        rf"(?i:name)=\"(?P<name>[A-Za-z0-9_.\[\]-]{{0,40}}{_STEM}[A-Za-z0-9_.\]-]{{0,24}})\"(?:\\r|\r)?(?:\\n|\n)(?:\\r|\r)?(?:\\n|\n)(?P<bare>[^\r\n\\]{{1,1024}})",
        "name=",
        extent=_told,
    ),
    rule(
        "password",
        rf"(?P<quote>\\{{0,8}}[\"'])(?P<name>[A-Za-z0-9_.-]{{0,40}}{_STEM}[A-Za-z0-9_.-]{{0,24}})\\{{0,8}}[\"']\s{{0,2}}[,]\s{{0,8}}b?\\{{0,8}}[\"'](?P<secret>[^\"'\\\n]{{4,1024}})",
        extent=_told_random,
    ),
    rule(
        "secret",
        r"(?i:\b(?:api[ _-]?key|access[ _-]?key|secret[ _-]?key|token|secret|password|passphrase|passwd|bearer"
        r"|credentials?|jwt|license key))s?(?:[ \t]{1,8}[A-Za-z]{1,12}){0,4}?[ \t]{0,4}[:=]?[ \t]{1,4}[\"'`(\[<{]{0,2}"
        r"(?P<secret>(?=[^\s\"'`)\],;>}]{8})[^\s\"'`)\],;>}0-9]{0,256}[0-9][^\s\"'`)\],;>}]{0,512})",
        "key",
        "token",
        "secret",
        "passw",
        "passphrase",
        "bearer",
        "credential",
        "jwt",
        extent=_dense,
    ),
    rule(
        "password",
        r"(?i:\b(?:password|passphrase|passwd|passcode|secret|pwd))(?:[ \t]{1,4}(?i:is|was|of|set to|to)){1,2}"
        r"[ \t]{1,4}(?P<quote>[\"'`])(?P<secret>[^\"'`\s]{3,128})(?P=quote)",
        "pass",
        "secret",
        "pwd",
    ),
    rule(
        "password",
        r"(?i:\b(?:password|passphrase|passwd|passcode|secret|pwd))[ \t]{1,4}(?P<quote>[\"'`])(?P<secret>"
        r"[^\"'`\s0-9]{0,64}[0-9][^\"'`\s]{0,64})(?P=quote)",
        "pass",
        "secret",
        "pwd",
    ),
    rule(
        "password",
        r"(?:пароль|Пароль|ПАРОЛЬ|密码|密碼|パスワード|비밀번호|contraseña|Contraseña|hasło|şifre|heslo|jelszó|лозинка)\s{0,4}(?::|=|：|＝)\s{0,4}(?:[\"']|「)?(?P<secret>(?:(?!」)[^\s\"',;]){4,128})",
    ),
    rule(
        "security_code",
        r"(?i:\b(?:otp|verification|security|one[- ]time|2fa|mfa|sms|confirmation|login|pin)(?:[ _-](?:code|pa"
        r"ssword|pin))?(?:[ \t](?:is|was|of))?[ \t]?[:=]?[ \t])[\"']?(?P<secret>\d{4,8})(?![\w.:/-])",
        "otp",
        "verification",
        "security",
        "one",
        "2fa",
        "mfa",
        "sms",
        "confirmation",
        "login",
        "pin",
        extent=_code,
    ),
    rule(
        "password",
        r"(?i:type=\\?[\"']password\\?[\"'])[^<>\n]{0,200}?value=\\?[\"'](?P<secret>[^\"'\\\n]{1,256})",
        "password",
    ),
    rule("password", r"@[A-Za-z0-9.-]{1,128}\.[A-Za-z]{2,18}:(?P<secret>[^\s\"'`,;]{6,128})", "@", extent=_combination),
    rule(
        "secret",
        r"\w\(\s{0,4}[\"'](?P<secret>[A-Za-z0-9+/_=-]{24,256})[\"']",
        extent=_dense,
    ),
    rule(
        "secret",
        r"(?i:\bkey)[ \t]{1,4}[\"'`]?(?P<secret>[A-Za-z0-9+/_=-]{24,256})(?![A-Za-z0-9])",
        "key",
        extent=_dense,
    ),
    rule(
        "password",
        r"(?i:\b(?:password|passphrase|passwd|passcode|secret|pwd))(?:[ \t]{1,4}[A-Za-z]{1,12}){1,3}[ \t]{0,4}"
        r"[:=][ \t]{1,4}"
        r"[\"'`]?(?P<secret>[^\s\"'`,;0-9()]{1,64}[0-9][^\s\"'`,;()]{0,64})",
        "pass",
        "secret",
        "pwd",
    ),
    rule(
        "password",
        r"(?i:auth|credentials|login)(?:\\?[\"'])?\s{0,2}[=:(]\s{0,2}[\[(]?\\?[\"'][^\"'\\\n]{1,128}\\?[\"'],\s{0,4}\\?[\"']"
        r"(?P<secret>[^\"'\\\n\s]{3,256})\\?[\"']\s{0,2}[\])]",
        "auth",
        "credentials",
        "login",
    ),
    rule(
        "password",
        r"(?i:credentials?|login)[\[({][\w.@-]{1,64}:(?P<secret>[^\s\[\](){}\"']{3,128})[\])}]",
        "credential",
        "login",
    ),
)
