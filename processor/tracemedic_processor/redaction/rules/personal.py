"""What tells who a person is. A shape that numbers of machines share too needs its checksum or a telling word."""

import re

from tracemedic_processor.redaction import checks
from tracemedic_processor.redaction.rule import Extent, Rule, rule, when

_FILE_ENDINGS = frozenset(
    [
        "png",
        "jpg",
        "jpeg",
        "gif",
        "svg",
        "webp",
        "ico",
        "js",
        "jsx",
        "ts",
        "tsx",
        "mjs",
        "cjs",
        "css",
        "scss",
        "py",
        "rb",
        "go",
        "rs",
        "java",
        "kt",
        "cs",
        "php",
        "html",
        "htm",
        "json",
        "xml",
        "yml",
        "yaml",
        "md",
        "txt",
        "lock",
        "map",
        "so",
        "dll",
        "exe",
        "class",
        "jar",
        "shape",
        "dtype",
    ]
)
_IBAN_COUNTRIES = frozenset(
    [
        "AD",
        "AE",
        "AL",
        "AT",
        "AZ",
        "BA",
        "BE",
        "BG",
        "BH",
        "BI",
        "BR",
        "BY",
        "CH",
        "CR",
        "CY",
        "CZ",
        "DE",
        "DJ",
        "DK",
        "DO",
        "EE",
        "EG",
        "ES",
        "FI",
        "FK",
        "FO",
        "FR",
        "GB",
        "GE",
        "GI",
        "GL",
        "GR",
        "GT",
        "HN",
        "HR",
        "HU",
        "IE",
        "IL",
        "IQ",
        "IS",
        "IT",
        "JO",
        "KW",
        "KZ",
        "LB",
        "LC",
        "LI",
        "LT",
        "LU",
        "LV",
        "LY",
        "MC",
        "MD",
        "ME",
        "MK",
        "MN",
        "MR",
        "MT",
        "MU",
        "NI",
        "NL",
        "NO",
        "OM",
        "PK",
        "PL",
        "PS",
        "PT",
        "QA",
        "RO",
        "RS",
        "RU",
        "SA",
        "SC",
        "SD",
        "SE",
        "SI",
        "SK",
        "SM",
        "SO",
        "ST",
        "SV",
        "TL",
        "TN",
        "TR",
        "UA",
        "VA",
        "VG",
        "XK",
        "YE",
    ]
)
_MACHINE_USERS = frozenset({"git", "hg", "svn", "gitlab", "gitea", "bitbucket"})
_TOLD = (
    r"(?i:\b(?:(?:(?:nie|nif|nir|tin|sin|pan|rfc|bsn|cpr|nhs|tfn)(?=(?:[ _-]?(?:number|no|num|id))?[\"']?\s?"
    r"[:=]))|ssn|social security|nino|national insurance|dni|num(?:e|é)ro de s(?:e|é)cu|steuer\w{0,24}|idnr|"
    r"tax[ _-]?id\w{0,24}|cpf|cnpj|aadhaar|aadhar|uidai|pesel|personnummer|codice fiscale|medicare|"
    r"passport|curp|national[ _-]?id\w{0,24}|identity card|driver'?s?[ _-]?licen[cs]e)"
    r"(?:[ _-]?(?:number|no|num|nr|id))?\.?[\"']?\s{0,3}(?::|=>|=|is|was|#)?\s{0,3}[\"']?)"
)
_TAX_TOLD = (
    r"(?i:\b(?:(?:steuer(?:liche)?[ _-]?)?(?:id(?:entifikations)?[ .-]?n(?:umme)?r|ident[ -]?n(?:umme)?r)"
    r"|steuer\w{0,24}|finanzamt|tin\b|tax(?:payer)?[ _-]?(?:id\w{0,24}|number|no\b|nr\b)))"
)
_PHONE_TOLD = (
    r"(?i:\b(?:phone|telephone|tel|mobile|cell|cellphone|handy|fax|whatsapp|sms|msisdn|telefon|telefono|t(?:e|é)l(?:e|é)phone|"
    r"contact|call(?:ed|ing)?)(?:[ _-]?(?:number|no|num|nr|to))?\.?[\"']?\s{0,3}(?::|=>|=|is|was|to|at|#)?\s{0,3}"
    r"[\"']?)"
)


def _email(match: "re.Match[str]") -> tuple[int, int] | None:
    local, _, domain = match[0].partition("@")
    following = match.string[match.end() : match.end() + 2]
    if local.lower() in _MACHINE_USERS or domain.rpartition(".")[2].lower() in _FILE_ENDINGS:
        return None
    if following[:1] == "(" or following in {":/", ":~"}:
        return None
    return match.span()


def _card(text: str) -> bool:
    number = "".join(char for char in text if char.isdigit())
    size, two, four = len(number), int(number[:2]), int(number[:4])
    issued = (
        (number[0] == "4" and size in {13, 16, 19})
        or ((51 <= two <= 55 or 2221 <= four <= 2720) and size == 16)
        or (two in {34, 37} and size == 15)
        or ((four == 6011 or two == 65 or 6440 <= four <= 6499) and size == 16)
        or ((two in {36, 38, 39} or 3000 <= four <= 3059) and size == 14)
        or (3528 <= four <= 3589 and size == 16)
        or (two == 62 and 16 <= size <= 19)
    )
    return issued and checks.luhn(number)


def _iban(text: str) -> bool:
    return text[:2] in _IBAN_COUNTRIES and checks.iban(text)


def _phone(text: str) -> bool:
    return 8 <= len(checks.digits_of(text)) <= 15 and (len(text) > 10 or len(checks.digits_of(text)) >= 10)


def _not_a_date(text: str) -> bool:
    return checks.es_dni(text) and not re.match(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])[0-3]\d", text)


def _five_digits(text: str) -> bool:
    return len(checks.digits_of(text)) >= 5


def _plain(kind: str, pattern: str, *anchors: str, extent: Extent) -> Rule:
    return rule(kind, rf"(?<![\w.+/-]){pattern}(?![\w/-])", *anchors, extent=extent)


RULES: tuple[Rule, ...] = (
    rule(
        "email",
        r"(?<![A-Za-z0-9._+/@-])[A-Za-z0-9_][A-Za-z0-9._+-]{0,63}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}"
        r"[A-Za-z]{2,18}(?![A-Za-z0-9/-])",
        "@",
        extent=_email,
    ),
    _plain(
        "payment_card",
        r"(?:\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{4}|\d{4}[ -]\d{6}[ -]\d{4,5}|[2-6]\d{12,18})",
        extent=when(_card),
    ),
    rule(
        "iban",
        r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[A-Z0-9]{11,30}|(?:[ -][A-Z0-9]{4}){2,7}(?:[ -][A-Z0-9]{1,4})?)(?!"
        r"[A-Za-z0-9])",
        extent=when(_iban),
    ),
    _plain("us_ssn", r"\d{3}-\d{2}-\d{4}", "-", extent=when(checks.us_ssn)),
    _plain(
        "uk_nino",
        r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]",
        extent=when(bool),
    ),
    _plain("es_dni", r"(?:\d{8}-?[A-Z]|[XYZ]-?\d{7}-?[A-Z])", extent=when(_not_a_date)),
    _plain(
        "fr_nir",
        r"[12] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}",
        extent=when(checks.fr_nir),
    ),
    _plain("br_cpf", r"\d{3}\.\d{3}\.\d{3}-\d{2}", "-", extent=when(checks.br_cpf)),
    _plain("br_cnpj", r"\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}", "/", extent=when(checks.br_cnpj)),
    _plain("in_aadhaar", r"[2-9]\d{3}[ -]\d{4}[ -]\d{4}", extent=when(checks.verhoeff)),
    _plain("it_codice_fiscale", r"[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]", extent=when(bool)),
    _plain("mx_curp", r"[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d", extent=when(bool)),
    _plain("ch_ahv", r"756\.\d{4}\.\d{4}\.\d{2}", "756.", extent=when(bool)),
    rule(
        "de_tax_id",
        rf"{_TAX_TOLD}[^\d\n]{{0,40}}(?P<secret>\d{{2}}(?:[ /]?\d{{3}}){{3}})(?![\w/-])",
        extent=when(checks.de_tax_id),
    ),
    rule(
        "national_id",
        rf"{_TOLD}(?P<secret>[A-Z]{{0,5}}[ -]?\d[A-Z0-9][A-Z0-9 ./-]{{3,18}}[A-Z0-9])(?![A-Za-z0-9])",
        extent=when(_five_digits),
    ),
    rule(
        "phone",
        r"(?<![\w.+-])\+[1-9]\d{0,3}(?:[ .-]?\(0\))?(?:[ .-]?\(\d{1,4}\))?(?:[ ./-]?\d{2,5}){2,6}(?![\w-]|\.\d)",
        "+",
        extent=when(_phone),
    ),
    rule(
        "phone",
        r"(?<![\w.+-])00[1-9]\d{0,2}[ .-](?:\(?\d{1,4}\)?[ .-]?)(?:\d{2,4}[ .-]?){1,3}\d{2,4}(?![\w-])",
        "00",
        extent=when(_phone),
    ),
    rule("phone", r"(?<![\w.+(-])(?:1[ .-])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[.-])[2-9]\d{2}[.-]\d{4}(?![\w.-])"),
    rule(
        "phone", rf"{_PHONE_TOLD}(?P<secret>\(?\d{{2,5}}\)?(?:[ ./-]?\d{{2,8}}){{1,5}})(?![\w-])", extent=when(_phone)
    ),
)

IP_RULES: tuple[Rule, ...] = (
    rule(
        "ip_address", r"(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w]|\.\d)", "."
    ),
    rule(
        "ip_address",
        r"(?<![\w:.])(?:(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}|(?:[0-9a-fA-F]{1,4}:){1,6}(?::[0-9a-fA-F]{1,4}){1,6}"
        r"|(?:[0-9a-fA-F]{1,4}:){2,6}:|::(?:[0-9a-fA-F]{1,4}:){0,5}[0-9a-fA-F]{1,4})(?![\w:])",
        ":",
    ),
)
