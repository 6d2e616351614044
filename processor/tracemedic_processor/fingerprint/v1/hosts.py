"""Hosts and addresses, and the dotted names of programs that look like them."""

import re

from tracemedic_processor.fingerprint.v1.vocabulary import words

TLD = (
    r"(?:com|net|org|io|dev|app|ai|co|cloud|internal|local|localdomain|lan|corp|intra|home|svc|edu|gov|mil|int|info|biz"
    r"|example|test|invalid|uk|de|fr|eu|us|nl|ch|at|it|es|se|no|dk|fi|jp|cn|br|ca|au|in|ru|online|site|tech|store|xyz"
    r"|consul|arpa|amazonaws)"
)
_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"

IPV4 = (
    rf"(?<![\w.])(?<![Vv]ersion[ =]){_OCTET}(?:\.{_OCTET}){{3}}(?![\w-]*[A-Za-z_])(?!\.?\d)"
    r"(?:/\d{1,2}\b|:\d{1,5}\b)?"
)

IPV6 = (
    r"\[(?:[0-9a-fA-F]{0,4}:){2,8}[0-9a-fA-F.:]{0,16}(?:%\w{1,15})?\](?::\d{1,5}\b)?"
    r"|(?<![\w:.<])(?:[0-9a-fA-F]{0,4}:){2,8}(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]{0,4})(?:%\w{1,15})?"
    r"(?![\w:.]\w)(?!\w)"
)

HOST = (
    rf"(?<![\w@/.\\$%<>-])(?P<name>(?:\*\.)?(?:[a-z0-9](?:[a-z0-9_-]{{0,62}})\.){{1,8}}{TLD}\.?)"
    rf"(?![\w@(\\-])(?<!\.)(?!\.[\w])(?::\d{{1,5}}\b|:<NUM>)?(?:/[\w./%?&=+~:@-]*)?"
)

# `mongo-0.mongo:27017` is a host and a port, `models.py:123` a file and a line.
_FILES = (
    "py js ts go rs rb cc kt cs ex c h java php cpp hpp mjs cjs tsx jsx vue erl sql xml yml yaml json html dart clj "
    "scala swift"
)
HOST_AND_PORT = (
    r"(?<![\w@/.\\$%<>-])(?=[a-z0-9.]{0,60}[-0-9])[a-z][a-z0-9-]{0,62}(?:\.[a-z0-9][a-z0-9-]{0,62}){1,8}"
    + "".join(rf"(?<!\.{ending})" for ending in _FILES.split())
    + r":\d{3,5}(?!\w|:\d)"
)

# Beginnings of packages and of paths to members.
_PROGRAM_STARTS = words("com org net io java javax jakarta dev de android kotlin scala self this cls app system")

# Endings of hosts that end dotted names of programs as well: `user.home`, `logger.info`, `app.test`.
_NAME_ENDINGS = words(
    "app ai info home invalid dev store site tech online int it no at in us is co cloud es se au net to me be"
)
_RESERVED_ENDINGS = words("local internal example test svc io de")
_SETTING_STARTS = words(
    """
    apps config settings env environment application spring logger log console module modules node user users unit
    integration e2e main index build file files socket path data model models util utils core
    """
)


def replace_host(match: re.Match[str]) -> str:
    """Replace a host; a name of two parts must not be one that programs use."""
    name = match["name"]
    labels = name.split(".")
    if labels[0] in _PROGRAM_STARTS:
        return match[0]
    if len(labels) == 2 and match[0] == name and "-" not in name:
        is_setting = labels[1] in _RESERVED_ENDINGS and labels[0] in _SETTING_STARTS
        return name if is_setting or labels[1] in _NAME_ENDINGS else "<HOST>"
    return "<HOST>"


def replace_ipv6(match: re.Match[str]) -> str:
    """Replace an IPv6 address; `std::cafe` and times are none."""
    text = match[0].partition("]")[0].strip("[")
    is_whole = "::" in text or text.partition("%")[0].count(":") == 7
    return "<HOST>" if is_whole and text.count("::") < 2 and any(map(str.isdigit, text)) else match[0]
