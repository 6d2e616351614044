"""What may not stand in a text that people will read: links, mark-up, mentions, commands."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from tracemedic_processor.diagnose.grounds import Grounds
from tracemedic_processor.diagnose.visible import one_line
from tracemedic_storage.records import Record

_URL: Final = re.compile(r"\b([a-z][a-z0-9+.-]{1,15})://[^\s<>\"'`)\]]*", re.IGNORECASE)
_HOST: Final = re.compile(
    r"(?<![\w@./-])(?:"
    r"(?i:www\.[\w-]+\.\w|(?:[\w-]+\.)+(?:com|org|ru|cn|xyz|tk))|(?:[\w-]+\.)+net"
    r"|(?i:(?:[\w-]+\.)+(?:io|ai|app|dev|co|me|info|biz|top|site|online|click|link|zip|mov))(?=/)"
    r")(?![\w(-]|\.\w)[^\s]*"
)
"""Names that pages and chats turn into links by themselves; the last row are words of programs as well."""
_MENTION: Final = re.compile(r"(?<![\w.])@(?=[\w-])")
_HTML_NAMES: Final = (
    "a|abbr|audio|b|base|blockquote|body|br|button|code|details|div|embed|em|font|form|frame|h[1-6]|head|hr|html|i|"
    "iframe|img|input|ins|kbd|li|link|marquee|math|meta|object|ol|p|picture|pre|s|samp|script|select|source|span|"
    "strike|strong|style|sub|summary|sup|svg|table|tbody|td|template|textarea|th|title|tr|u|ul|video"
)
_TAG: Final = re.compile(
    rf"</?(?:{_HTML_NAMES})(?:[\s/][^>]*)?>|<(?:script|iframe|img|svg|object)\b[^>]*>?|<!--", re.IGNORECASE
)
_MARK_UP: Final = (
    ("an HTML tag", _TAG),
    ("an image", re.compile(r"!\[")),
    ("a link", re.compile(r"\]\s?\(|\]\s?\[[^\]]*\]\s*:")),
    ("a link", re.compile(r"\b(?:javascript|data|vbscript|mailto|file):[^\s\d]", re.IGNORECASE)),
    ("a link", re.compile(r"<[^\s<>|]+\|[^<>]*>")),
    ("a mention", re.compile(r"<[!@#][^>]*>")),
    ("an HTML entity", re.compile(r"&(?:#\d+|#x[0-9a-f]+|lt|gt|amp|quot|apos|nbsp);", re.IGNORECASE)),
    ("a heading, fence or table", re.compile(r"~~~|^\s*#{1,6}\s|\|\s*:?-{3,}")),
)
"""Of HTML, Markdown and Slack's format."""
_COMMANDS: Final = (
    re.compile(
        r"(?:^|[\s'$;&|(\"])("
        r"sudo\s+\S+|(?:curl|wget)\s+(?:-|\"|'|\w+:/)\S*|rm\s+-\w+|chmod\s+(?:-R\s+)?(?:[0-7]{3,4}|[ugoa]*[+=-][rwxst]+)|"
        r"chown\s+(?:-R\s+)?[\w.]*:[\w.]+|mkfs\S*\s|dd\s+if=|nc\s+-\w+|(?:ba|z|da)?sh\s+-\w+|eval\s+[\"'$(]|"
        r"exec\s+[\"'$(/]|(?:python3?|perl|ruby|node|php)\s+-[cemr]\b|powershell(?:\.exe)?\s+-\S+|cmd(?:\.exe)?\s+/\w|"
        r"invoke-\w+|base64\s+-\w+|"
        r"(?:pip3?|npm|pnpm|yarn|gem|cargo|brew|apt|apt-get|yum|dnf|apk|composer|conda|poetry|uv)\s+"
        r"(?:install|add|i|update|upgrade|remove|uninstall)\b|go\s+(?:get|install)\s+\S+[./]\S*|"
        r"kubectl\s+\w+|helm\s+(?:install|upgrade|rollback|uninstall)\b|terraform\s+(?:apply|destroy|init|import)\b|"
        r"docker(?:-compose)?\s+(?:run|exec|pull|rm|compose|build|system|restart)\b|systemctl\s+\w+|"
        r"service\s+\w+\s+restart|ssh\s+\S+@|scp\s+\S+|git\s+(?:push|reset|clone|checkout)\b|aws\s+\w+\s+\w+-\w+|"
        r"gcloud\s+(?:auth|compute|config|container|iam|projects|run|sql)\b|export\s+\w+=|kill\s+-\w+|pkill\s+\S+|"
        r"crontab\s+-|iptables\s+-|echo\s+.{1,80}>\s*[/\w]"
        r")",
        re.IGNORECASE,
    ),
    re.compile(r"(\|\s*(?:ba|z)?sh\b|\$\([^)]+\)|;\s*rm\b|>\s*/dev/\w+|^\s*[$#>]\s+\w+\s)", re.IGNORECASE),
    re.compile(
        r"\b(drop\s+(?:table|database|schema)|truncate\s+table|delete\s+from\s+[\w.\"]+\s*(?:where\b|;)|alter\s+user|"
        r"grant\s+all\s+(?:privileges\s+)?on|update\s+[\w.\"]+\s+set\s+\w+\s*=)",
        re.IGNORECASE,
    ),
)
"""What would do something if it were pasted into a shell or a database; the group is what it is recognised by."""
_FILE: Final = re.compile(
    r"(?<![\w/\\.-])([\w./\\-]*\w\.(?:py|pyx|js|jsx|mjs|cjs|ts|tsx|vue|java|kt|kts|scala|clj|go|rb|erb|php|rs|cs|fs|"
    r"vb|ex|exs|erl|swift|dart|c|cc|cpp|cxx|h|hpp|m|mm))(?![\w(]|\.\w)"
)
_PRODUCTS: Final = frozenset(
    f"{name}.js"
    for name in ("node", "next", "nuxt", "vue", "express", "react", "nest", "three", "d3", "chart", "angular")
)
"""Named like files, but nobody opens them."""
_BRACKETS: Final = str.maketrans({"<": "\u2039", ">": "\u203a"})
QUOTE_CHARACTERS_MAX: Final = 80
"""Of the model's own words in a complaint."""


def plain(text: str, grounds: Grounds) -> str:
    """`text` in one line of visible characters, made harmless where that leaves its meaning.

    An address that stands in the evidence loses its scheme, so that nothing makes a link of it; an HTML tag that stands
    there gets typographic brackets; an `@` before a name is taken out.
    """
    line = unicodedata.normalize("NFC", one_line(text))
    line = _URL.sub(lambda url: _unlinked(url, grounds), line)
    line = _TAG.sub(lambda tag: tag[0].translate(_BRACKETS) if grounds.says(tag[0]) else tag[0], line)
    return _MENTION.sub("", line).replace("`", "'")


def _unlinked(url: re.Match[str], grounds: Grounds) -> str:
    address = url[0].rstrip(".,;:!?")
    if address.casefold() in grounds.documents or not grounds.says(address):
        return url[0]
    return url[0].partition("://")[2]


class Complaint(Record, frozen=True, kw_only=True):
    """Why a text may not be used. `quoted` is of the text itself: for the model that wrote it, never for people."""

    what: str
    quoted: str = ""

    def in_full(self) -> str:
        """As it is told to the model."""
        return f"{self.what}: {self.quoted[:QUOTE_CHARACTERS_MAX]!r}" if self.quoted else self.what


def impurities(text: str, grounds: Grounds) -> Iterator[Complaint]:
    """What must not stand in a text that went through `plain`.

    Links and commands are allowed where documentation of ours or of the operator has them, never from error texts.
    """
    # Compatibility forms such as full-width letters would be read as the plain ones by people and by some programs.
    folded = unicodedata.normalize("NFKC", text)
    for what, mark in _MARK_UP:
        for found in mark.finditer(folded):
            yield Complaint(what=f"contains {what}", quoted=found[0])
    yield from _links(folded, grounds)
    yield from _commands(folded, grounds)
    yield from _files(folded, grounds)


def _links(text: str, grounds: Grounds) -> Iterator[Complaint]:
    for url in _URL.finditer(text):
        if url[0].rstrip(".,;:!?").casefold() not in grounds.documents:
            yield Complaint(what="contains a link", quoted=url[0])
    for host in _HOST.finditer(_URL.sub(" ", text)):
        if not grounds.names(host[0].rstrip(".,;:!?)")):
            yield Complaint(what="names a host that is not in the data", quoted=host[0])


def _commands(text: str, grounds: Grounds) -> Iterator[Complaint]:
    for command in _COMMANDS:
        for found in command.finditer(text):
            if " ".join(found[1].split()).casefold() not in grounds.documents:
                yield Complaint(what="contains a command, say in words what to do", quoted=found[1])


def _files(text: str, grounds: Grounds) -> Iterator[Complaint]:
    for found in _FILE.finditer(text):
        file = found[1].replace("\\", "/").rpartition("/")[2]
        if file.casefold() not in _PRODUCTS and not grounds.names(file):
            yield Complaint(what="names a source file that is not in the data", quoted=found[1])
