"""Well-known sentences whose variable part no general rule finds: one row per lesson."""

import re
from typing import NamedTuple


class Phrase(NamedTuple):
    """`mark` is a text that every such message holds; a cheap test before the pattern."""

    mark: str
    pattern: re.Pattern[str]
    replacement: str


def _row(mark: str, pattern: str, replacement: str) -> Phrase:
    return Phrase(mark, re.compile(pattern), replacement)


PHRASES: tuple[Phrase, ...] = (
    # What redaction put in, whatever was found there: one token, with no brackets that end an address around it
    _row("[redacted:", r"\[redacted:[a-z0-9_]{1,40}\]", "<VALUE>"),
    # PostgreSQL's excerpt of the statement, with the bindings in it, and the caret below
    _row("LINE ", r"\n[ \t]*LINE (?:\d+|<NUM>): [^\n]*(?:\n[ \t]*\^(?=\s|$))?", ""),
    # The excerpt of a text with its line's number beside it and a caret below: TOML, YAML and JSON in Rust
    _row(
        " | ",
        r"(?:\n[ \t]*\|[ \t]*)?\n[ \t]*(?:\d+|<NUM>) \|[^\n]*\n[ \t]*\|[ \t]*\^+[^\n]*",
        "",
    ),
    # pydantic
    _row("input_value=", r"input_value=(?!<VALUE>).*?(?=, input_type=|\]|$)", "input_value=<VALUE>"),
    # PostgreSQL: DETAIL of a constraint, also in German
    _row(
        ")=(",
        r"\)=\((?!(?:\d+|<NUM>|<UUID>|<VALUE>|[0-9a-fA-F-]{36})\))[^\n]*?\)(?= (?:already|is |conflicts|existiert))",
        ")=(<VALUE>)",
    ),
    _row("Failing row contains", r"Failing row contains \((?!<VALUE>\)).*\)", "Failing row contains (<VALUE>)"),
    # SQL Server
    _row(
        "duplicate key value is",
        r"duplicate key value is \((?!<VALUE>\)).*?\)(?=[.\s]|$)",
        "duplicate key value is (<VALUE>)",
    ),
    # MongoDB
    _row("dup key:", r"dup key: \{ ?(:|[\w.]+:) (?!<VALUE>).*? ?\}(?=$|[\s,.])", r"dup key: { \1 <VALUE> }"),
    # SQLAlchemy
    _row("[parameters:", r"\[parameters: (?!<VALUE>\]).*?\](?=\n|$)", "[parameters: <VALUE>]"),
    # Elasticsearch quotes in brackets
    _row("version conflict", r"(?<!\w)\[(?!<VALUE>)[^\]\s]{1,512}\]: version conflict", "[<VALUE>]: version conflict"),
    _row("parse date field", r"parse date field \[(?!<VALUE>)[^\]]{1,200}\]", "parse date field [<VALUE>]"),
    # Laravel writes the bindings into the statement
    _row(", SQL: ", r", SQL: (?!<VALUE>).*\)", ", SQL: <VALUE>)"),
    # PHP
    _row(
        "parse time string",
        r"time string \((?!<VALUE>).*?\) at position (\d+|<NUM>) \(.*?\)",
        r"time string (<VALUE>) at position \1 (<VALUE>)",
    ),
    # MySQL
    _row(
        "Duplicate entry",
        r"Duplicate entry '(?!\d+'|<NUM>'|<UUID>'|<VALUE>')[^\n]*?'(?= for key)",
        "Duplicate entry '<VALUE>'",
    ),
    # Terraform: the lock's holder
    _row("Who: ", r"\bWho: (?!<VALUE>)\S+", "Who: <VALUE>"),
    # DNS
    _row("ENOTFOUND", r"ENOTFOUND (?!<HOST>)\S+", "ENOTFOUND <HOST>"),
    _row("EAI_AGAIN", r"EAI_AGAIN (?!<HOST>)[^\s:]+(?::\d+)?", "EAI_AGAIN <HOST>"),
    _row("lookup", r"\blookup (?!<HOST>)[\w.-]+(?=:| on )", "lookup <HOST>"),
    _row("resolve host", r"resolve host(name)?:? (?!<HOST>|name)['\"]?[\w.-]+['\"]?", r"resolve host\1: <HOST>"),
    # Java
    _row(
        "For input string",
        r'For input string: "(?!\d+"|<NUM>"|<VALUE>")[^\n]*?"(?=$|[\s.,(])',
        'For input string: "<VALUE>"',
    ),
    # Rust
    _row(
        "is not a char boundary",
        r"it is inside '(?!<VALUE>').*?' \(bytes (.*?)\) of `[^`]*`(\[\.\.\.\])?",
        r"it is inside '<VALUE>' (bytes \1) of `<VALUE>`",
    ),
    _row(
        "unknown variant", r"unknown variant `(?!<VALUE>`)[^`\n]*`(?=, expected|, there)", "unknown variant `<VALUE>`"
    ),
    _row("left: ", r"(?m)^( *left: )(?!(?:\d+|<NUM>|<UUID>|<VALUE>)$)\S[^\n]*$", r"\1<VALUE>"),
    _row("right: ", r"(?m)^( *right: )(?!(?:\d+|<NUM>|<UUID>|<VALUE>)$)\S[^\n]*$", r"\1<VALUE>"),
    _row("regex parse error:", r"regex parse error:\n[^\n]*\n *\^+(?=\n|$)", "regex parse error:"),
    # Go
    _row("time: unknown unit", r'unknown unit "(?!<VALUE>")[^"\n]*" in duration', 'unknown unit "<VALUE>" in duration'),
    _row("invalid URL escape", r'invalid URL escape "(?!<VALUE>")[^"\n]*"', 'invalid URL escape "<VALUE>"'),
    _row("invalid port", r'invalid port "(?!<VALUE>")[^"\n]*" after', 'invalid port "<VALUE>" after'),
    _row("ParseAddr(", r'ParseAddr\("(?!<VALUE>")[^"\n]*"\)', 'ParseAddr("<VALUE>")'),
    _row(
        " in address",
        r"\baddress (?!<VALUE>)[^\s\n]{1,256}: (?=missing port in|too many colons in)",
        "address <VALUE>: ",
    ),
    _row("cannot unmarshal !!", r"(cannot unmarshal !!\w+) `(?!<VALUE>`)[^`\n]*`", r"\1 `<VALUE>`"),
    _row("expected value but found", r'value but found "(?!<VALUE>")[^"\n]*"', 'value but found "<VALUE>"'),
    # Python
    _row("unconverted data remains: ", r"(data remains: )(?!<VALUE>$)\S[^\n]*$", r"\1<VALUE>"),
    # Ruby
    _row("strptime format", r"strptime format - `(?!<VALUE>')[^'\n]*'", "strptime format - `<VALUE>'"),
    # Symfony
    _row("(near ", r'(at line (?:\d+|<NUM>) \(near )"(?!<VALUE>")[^\n]*"(?=\))', r'\1"<VALUE>"'),
    # JavaScript
    _row(
        "to a BigInt",
        r"Cannot convert (?!<VALUE>|[a-z]+ to)\S[^\n]{0,200} to a BigInt",
        "Cannot convert <VALUE> to a BigInt",
    ),
    _row(
        "is not valid JSON",
        r'(?:\.\.\.)?"(?!<VALUE>")[^\n]*"(?:\.\.\.)? is not valid JSON',
        '"<VALUE>" is not valid JSON',
    ),
)


def replace_phrase(row: Phrase, text: str) -> str:
    """Replace the variable part of one of the sentences above."""
    return row.pattern.sub(row.replacement, text) if row.mark in text else text
