"""Fabricates secrets of the right shape from a seed, so that no file of the project holds one.

A text of the data set names what stands where: `<<aws_access_key>>` becomes a fabricated key, `<<password|url>>` a
password that is percent-encoded. `assemble` tells both the text and what must be gone from it afterwards.
"""

import base64
import json
import random
import re
import string
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

HERE = Path(__file__).parent
ALNUM = string.ascii_letters + string.digits
LOWER = string.ascii_lowercase + string.digits
UPPER = string.ascii_uppercase + string.digits
HEX = "0123456789abcdef"
BASE32 = string.ascii_uppercase + "234567"
BASE64 = ALNUM + "+/"
URLSAFE = ALNUM + "-_"
SETS = {"a": ALNUM, "l": LOWER, "u": UPPER, "h": HEX, "t": BASE32, "b": BASE64, "s": URLSAFE, "d": string.digits}

SHAPES: dict[str, str] = {
    "aws_access_key": "AKIA{t16}",
    "aws_temporary_key": "ASIA{t16}",
    "aws_secret_key": "{b40}",
    "aws_session_token": "IQoJb3JpZ2luX2Vj{b300}=",
    "gcp_api_key": "AIza{s35}",
    "gcp_access_token": "ya29.{s120}",
    "gcp_client_secret": "GOCSPX-{s28}",
    "gcp_refresh_token": "1//0{s100}",
    "azure_storage_key": "{b86}==",
    "azure_client_secret": "{a3}8Q~{s34}",
    "github_classic": "ghp_{a36}",
    "github_oauth": "gho_{a36}",
    "github_server": "ghs_{a36}",
    "github_user": "ghu_{a36}",
    "github_refresh": "ghr_{a76}",
    "github_fine": "github_pat_{a22}_{a59}",
    "gitlab_pat": "glpat-{s20}",
    "gitlab_runner": "glrt-{s20}",
    "gitlab_deploy": "gldt-{s20}",
    "slack_bot": "xoxb-{d12}-{d12}-{a24}",
    "slack_user": "xoxp-{d12}-{d12}-{d12}-{h32}",
    "slack_app": "xapp-1-A{u10}-{d13}-{h64}",
    "slack_webhook_path": "T{u8}/B{u8}/{a24}",
    "stripe_live": "sk_live_{a24}",
    "stripe_test": "sk_test_{a99}",
    "stripe_restricted": "rk_live_{a24}",
    "stripe_webhook": "whsec_{a32}",
    "twilio_key": "SK{h32}",
    "twilio_auth": "{h32}",
    "sendgrid": "SG.{s22}.{s43}",
    "mailgun": "key-{h32}",
    "mailgun_new": "{h32}-{h8}-{h8}",
    "mailchimp": "{h32}-us14",
    "openai": "sk-{a48}",
    "openai_project": "sk-proj-{s74}T3BlbkFJ{s74}",
    "anthropic": "sk-ant-api03-{s93}AA",
    "anthropic_admin": "sk-ant-admin01-{s93}AA",
    "huggingface": "hf_{a34}",
    "groq": "gsk_{a52}",
    "cohere": "{a40}",
    "mistral": "{a32}",
    "deepseek": "sk-{h32}",
    "openrouter": "sk-or-v1-{h64}",
    "xai": "xai-{a80}",
    "perplexity": "pplx-{a48}",
    "replicate": "r8_{a37}",
    "langsmith": "lsv2_pt_{h32}_{h10}",
    "pinecone": "pcsk_{a6}_{a63}",
    "npm": "npm_{a36}",
    "pypi": "pypi-AgEIcHlwaS5vcmc{s150}",
    "rubygems": "rubygems_{h48}",
    "docker": "dckr_pat_{s27}",
    "heroku": "{h8}-{h4}-4{h3}-a{h3}-{h12}",
    "heroku_new": "HRKU-AA{s58}",
    "digitalocean": "dop_v1_{h64}",
    "cloudflare": "{s40}",
    "cloudflare_ca": "v1.0-{h24}-{h146}",
    "datadog": "{h32}",
    "datadog_app": "{h40}",
    "newrelic": "NRAK-{u27}",
    "newrelic_license": "{h36}NRAL",
    "shopify": "shpat_{h32}",
    "square": "sq0atp-{s22}",
    "discord": "MTA{a21}.G{s5}.{s38}",
    "telegram": "{d10}:AA{s33}",
    "atlassian": "ATATT3xFfGF0{s180}={u8}",
    "bitbucket": "ATBB{a32}",
    "linear": "lin_api_{a40}",
    "notion": "secret_{a43}",
    "notion_new": "ntn_{a46}",
    "vault": "hvs.{s90}",
    "vault_old": "s.{a24}",
    "databricks": "dapi{h32}",
    "terraform": "{a14}.atlasv1.{s67}",
    "logfire": "pylf_v1_us_{a44}",
    "logfire_eu": "pylf_v1_eu_{a44}",
    "sentry_key": "{h32}",
    "sentry_token": "sntryu_{h64}",
    "grafana": "glsa_{a32}_{h8}",
    "postman": "PMAK-{h24}-{h34}",
    "supabase": "sbp_{h40}",
    "planetscale": "pscale_tkn_{s43}",
    "doppler": "dp.st.prd.{a40}",
    "pulumi": "pul-{h40}",
    "figma": "figd_{s40}",
    "airtable": "pat{a14}.{h64}",
    "hubspot": "pat-na1-{h8}-{h4}-{h4}-{h4}-{h12}",
    "dynatrace": "dt0c01.{t24}.{t64}",
    "posthog": "phc_{a43}",
    "razorpay": "rzp_live_{a14}",
    "facebook": "EAA{a120}",
    "sonar": "squ_{h40}",
    "artifactory": "AKCp{a69}",
    "jwt": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI{a60}.{s43}",
    "random_key": "{a32}",
    "random_hex": "{h40}",
    "random_token": "{s43}",
    "digest_response": "{h32}",
    "aws_signature": "{h64}",
    "session": "{l26}",
    "pin": "{d6}",
    "uuid": "{h8}-{h4}-4{h3}-9{h3}-{h12}",
    "azure_sas": "{b43}=",
    "base64_key": "{b43}=",
}
WORDS = [
    "correct",
    "horse",
    "battery",
    "staple",
    "copper",
    "violet",
    "tundra",
    "meadow",
    "falcon",
    "granite",
    "willow",
    "ember",
]
NAMES = ["anna", "bob", "carlos", "deepa", "erik", "fatima", "grace", "hiro", "ines", "jamal"]


class Assembled(NamedTuple):
    """A text of the data set with its slots filled; `secrets` are the pieces of which none may survive."""

    family: str
    text: str
    secrets: tuple[str, ...]
    kinds: tuple[str, ...]


def load(half: str) -> list[Assembled]:
    """All texts of `tuning` or `measuring`, the same at every call."""
    lines = (HERE / f"{half}.jsonl").read_text(encoding="utf-8").splitlines()
    return [assemble(json.loads(line), random.Random(f"{half} {number}")) for number, line in enumerate(lines)]


def assemble(row: dict[str, object], rng: random.Random) -> Assembled:
    """One row with its slots filled."""
    secrets: list[str] = []
    kinds: list[str] = []
    known: dict[str, str] = {}

    def fill(slot: "re.Match[str]") -> str:
        kind, _, disguise = slot[1].partition("|")
        value = known.setdefault(kind, fabricate(kind, rng)) if kind[-1].isdigit() else fabricate(kind, rng)
        kinds.append(kind)
        shown, pieces = DISGUISES[disguise](value)
        secrets.extend(pieces)
        return shown

    text = re.sub(r"<<([a-z0-9_]+(?:\|[a-z0-9]+)?)>>", fill, str(row["text"]))
    return Assembled(str(row["family"]), text, tuple(secrets), tuple(kinds))


def fabricate(kind: str, rng: random.Random) -> str:
    """A value of `kind` that looks real and is none."""
    if kind in SHAPES:
        return re.sub(r"\{([a-z])(\d+)\}", lambda part: _chars(rng, SETS[part[1]], int(part[2])), SHAPES[kind])
    return MAKERS[kind](rng)


def _chars(rng: random.Random, letters: str, count: int) -> str:
    """Random characters, a digit among them from eight on, no dash at either end."""
    inner = [rng.choice(letters) for _ in range(count)]
    if count >= 8:
        inner[rng.randrange(1, count - 1)] = rng.choice("23456789" if "2" in letters else "0123456789")
    for end in (0, -1):
        while inner[end] in "-_":
            inner[end] = rng.choice(letters)
    return "".join(inner)


def _password(rng: random.Random) -> str:
    return rng.choice(WORDS).capitalize() + rng.choice("!#$^*+~") + str(rng.randrange(10, 9999)) + rng.choice(WORDS)


def _simple_password(rng: random.Random) -> str:
    return rng.choice(WORDS) + str(rng.randrange(10, 9999))


def _word_password(rng: random.Random) -> str:
    return rng.choice(WORDS) + rng.choice(WORDS)


def _pem(rng: random.Random) -> str:
    body = "\n".join(_chars(rng, BASE64, 64) for _ in range(12)) + "\n" + _chars(rng, BASE64, 30) + "=="
    return f"{'-' * 5}BEGIN RSA PRIVATE KEY{'-' * 5}\nMIIE{body}\n{'-' * 5}END RSA PRIVATE KEY{'-' * 5}"


def _pem_cut(rng: random.Random) -> str:
    return _pem(rng)[:400]


def _pem_tail(rng: random.Random) -> str:
    return _pem(rng).split("\n", 3)[3]


def _email(rng: random.Random) -> str:
    ending = rng.choice(["com", "org", "co.uk", "de", "io"])
    return f"{rng.choice(NAMES)}.{rng.choice(WORDS)}{rng.randrange(99)}@{rng.choice(WORDS)}.{ending}"


def _luhn_end(digits: str) -> str:
    total = sum(sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(reversed(digits)))
    return digits + str(-total % 10)


def _card(rng: random.Random) -> str:
    prefix, size = rng.choice([("4", 16), ("52", 16), ("37", 15), ("6011", 16)])
    return _luhn_end(prefix + _chars(rng, string.digits, size - len(prefix) - 1))


def _card_spaced(rng: random.Random) -> str:
    number = _luhn_end("4" + _chars(rng, string.digits, 14))
    return " ".join(number[start : start + 4] for start in range(0, 16, 4))


def _iban(rng: random.Random) -> str:
    bban = _chars(rng, string.digits, 18)
    check = 98 - int(bban + "131400") % 97
    return f"DE{check:02}{bban}"


def _iban_spaced(rng: random.Random) -> str:
    number = _iban(rng)
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))


def _phone(rng: random.Random) -> str:
    return f"+49 {rng.randrange(150, 179)} {rng.randrange(1000000, 9999999)}"


def _phone_us(rng: random.Random) -> str:
    return f"({rng.randrange(201, 989)}) {rng.randrange(200, 999)}-{rng.randrange(1000, 9999)}"


def _phone_plain(rng: random.Random) -> str:
    return f"+1{rng.randrange(201, 989)}{rng.randrange(200, 999)}{rng.randrange(1000, 9999)}"


def _ssn(rng: random.Random) -> str:
    return f"{rng.randrange(100, 665)}-{rng.randrange(10, 99)}-{rng.randrange(1000, 9999)}"


def _nino(rng: random.Random) -> str:
    return f"AB{rng.randrange(100000, 999999)}C"


def _dni(rng: random.Random) -> str:
    number = rng.randrange(30000000, 79999999)
    return f"{number}{'TRWAGMYFPDXBNJZSQVHLCKE'[number % 23]}"


def _nir(rng: random.Random) -> str:
    number = f"2{rng.randrange(50, 99)}0{rng.randrange(1, 9)}75{rng.randrange(100, 999)}{rng.randrange(100, 999)}"
    return f"{number}{97 - int(number) % 97:02}"


def _cpf(rng: random.Random) -> str:
    digits = [rng.randrange(10) for _ in range(8)] + [3]
    for size in (9, 10):
        rest = sum(digit * weight for digit, weight in zip(digits, range(size + 1, 1, -1), strict=False)) % 11
        digits.append(0 if rest < 2 else 11 - rest)
    text = "".join(map(str, digits))
    return f"{text[:3]}.{text[3:6]}.{text[6:9]}-{text[9:]}"


def _basic(rng: random.Random) -> str:
    return base64.b64encode(f"{rng.choice(NAMES)}:{_password(rng)}".encode()).decode()


MAKERS: dict[str, Callable[[random.Random], str]] = {
    "password": _password,
    "simple_password": _simple_password,
    "word_password": _word_password,
    "private_key": _pem,
    "private_key_cut": _pem_cut,
    "private_key_tail": _pem_tail,
    "email": _email,
    "payment_card": _card,
    "payment_card_spaced": _card_spaced,
    "iban": _iban,
    "iban_spaced": _iban_spaced,
    "phone": _phone,
    "phone_us": _phone_us,
    "phone_plain": _phone_plain,
    "us_ssn": _ssn,
    "uk_nino": _nino,
    "es_dni": _dni,
    "fr_nir": _nir,
    "br_cpf": _cpf,
    "basic": _basic,
}


def _as_is(value: str) -> tuple[str, tuple[str, ...]]:
    return value, tuple(line for line in value.split("\n") if len(line) > 3 and "PRIVATE KEY" not in line)


def _url(value: str) -> tuple[str, tuple[str, ...]]:
    shown = quote(value, safe="")
    return shown, (shown, value)


def _wrapped(value: str) -> tuple[str, tuple[str, ...]]:
    middle = len(value) // 2
    return f"{value[:middle]}\n    {value[middle:]}", (value[:middle], value[middle:])


def _continued(value: str) -> tuple[str, tuple[str, ...]]:
    middle = len(value) // 2
    return f"{value[:middle]}\\\n{value[middle:]}", (value[:middle], value[middle:])


def _base64(value: str) -> tuple[str, tuple[str, ...]]:
    shown = base64.b64encode(value.encode()).decode()
    return shown, (shown,)


def _base64_header(value: str) -> tuple[str, tuple[str, ...]]:
    return _base64(f"Authorization: Bearer {value}")


def _base64_json(value: str) -> tuple[str, tuple[str, ...]]:
    return _base64(json.dumps({"user": "anna", "password": value}))


def _invisible(value: str) -> tuple[str, tuple[str, ...]]:
    middle = len(value) // 2
    return f"{value[:middle]}\u200b{value[middle:]}", (value[:middle], value[middle:])


def _escaped(value: str) -> tuple[str, tuple[str, ...]]:
    shown = value.replace("\n", "\\n")
    return shown, tuple(line for line in value.split("\n") if len(line) > 3 and "PRIVATE KEY" not in line)


DISGUISES: dict[str, Callable[[str], tuple[str, tuple[str, ...]]]] = {
    "": _as_is,
    "url": _url,
    "wrapped": _wrapped,
    "continued": _continued,
    "base64": _base64,
    "base64header": _base64_header,
    "base64json": _base64_json,
    "invisible": _invisible,
    "escaped": _escaped,
}
