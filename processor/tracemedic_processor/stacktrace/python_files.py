"""What the path of a Python file tells: its module, and whether it is the application's own."""

import re
import sys
from functools import lru_cache

from tracemedic_processor.stacktrace.paths import PATH_CHARACTERS_MAX, project_path

_PACKAGES = re.compile(r".*/(?:site-packages|dist-packages|python\.zip|pyspark\.zip)/", re.DOTALL)
_WHEEL = re.compile(
    r".*(?:\.whl|\.egg)/|.*/installed_wheels/[^/]+/|.*/__pypackages__/[^/]+/lib/|.*/_vendor/", re.DOTALL
)
_STANDARD_LIBRARY = re.compile(
    r".*/(?:lib(?:64)?|lib-python)/(?:python|pypy)?\d+(?:\.\d+)?[td]*/(?:lib-dynload/)?"
    r"|.*/python[\d.]*/lib/(?=\w+)|.*/python\d+\.zip/",
    re.DOTALL | re.IGNORECASE,
)
_RUNTIMES = re.compile(r"/var/(?:runtime|lang)/|/databricks/|/opt/python/|.*/spark/python/", re.DOTALL)
_NATIVE = (".pyx", ".pxd", ".pxi", ".c", ".cpp", ".rs")
_TYPED_IN = re.compile(r"<(?:stdin|string|unknown|input|ipython-input[^>]*|doctest[^>]*|console|python-input-\d+)>$")
_NOTEBOOK = re.compile(r"<ipython-input-[^>]*>$|.*/ipykernel_\d+/\d+\.py$|<python-input-\d+>$")

_LIBRARIES_NAMES = """
    aiobotocore aiohttp aiomysql aiopg aioredis aiosqlite alembic amqp anthropic anyio apscheduler arq asgiref asyncpg
    attr attrs aws_lambda_powertools azure billiard boto boto3 botocore bottle bs4 cachetools celery certifi cffi
    channels cherrypy chromadb click confluent_kafka corsheaders cryptography dask datadog ddtrace debug_toolbar
    distributed django dns docker dramatiq elasticsearch eventlet falcon fastapi flask flask_login flask_restful
    flask_sqlalchemy fsspec gevent google graphene graphql greenlet grpc gunicorn h11 h2 hiredis httpcore httplib2
    httptools httpx huggingface_hub huey hypercorn idna ijson jinja2 joblib jose jsonschema jwt kafka kombu kubernetes
    langchain langchain_core langchain_community langgraph litellm llama_index logfire lxml mako marshmallow matplotlib
    mcp mongoengine motor mysql MySQLdb numba numpy openai opentelemetry ormar orjson pandas paramiko peewee PIL pika
    pip pkg_resources playwright pluggy polars prometheus_client prompt_toolkit psycopg psycopg2 pyarrow pydantic
    pydantic_ai pydantic_core pydantic_settings pymongo pymysql pyramid pyspark pytest _pytest py4j quart ray redis
    requests requests_oauthlib rest_framework retry rich rq s3fs s3transfer sanic scipy scrapy selenium sentry_sdk
    setuptools simplejson six sklearn slack_sdk snowflake socketio sqlalchemy sqlmodel starlette statsmodels strawberry
    stripe structlog tenacity tensorflow textual thrift tiktoken toolz torch torchvision tornado tortoise tqdm
    transformers trio twisted typer typing_extensions ujson urllib3 uvicorn uvloop waitress watchfiles weaviate
    websocket websockets werkzeug whitenoise wrapt wtforms xgboost yaml yarl zeep zmq zope
"""
_COMPILED_ROOT = re.compile(r"(?:\./)?(?:lib|src|python|build/lib[^/]*)/(?=\w+/)")
"""Where the sources of a compiled module lay when it was built; no path of the machine that runs it."""
_LIBRARIES = frozenset(_LIBRARIES_NAMES.split())
"""Packages that are met beside the application, without a `site-packages` above them: vendored, frozen, in a Lambda."""

_FROZEN_MODULES = {"importlib._bootstrap": "importlib._bootstrap", "runpy": "runpy", "zipimport": "zipimport"}
_GENERATED_FUNCTION = re.compile(r"__\w+__$")


def module_of(file: str) -> str:
    """The dotted module: below the root of packages, else below the most plausible root of the project."""
    return _look_up(file)[0]


def is_application(file: str, function: str) -> bool:
    """Whether a frame is the application's own; a dunder without a file is generated, by `dataclass` and its like."""
    if not _look_up(file)[1] or _is_compiled(file, function):
        return False
    return not (file.startswith("<") and _GENERATED_FUNCTION.match(function))


def _is_compiled(file: str, function: str) -> bool:
    """Whether Cython made the frame: a path as it was at the build, and a function with all of its module before it."""
    if "." not in function or "/" not in file or file.startswith(("/", "<")) or ":" in file[:3]:
        return False
    parts = module_of(file).split(".")
    whole_or_two = range(max(1, len(parts) - 1))
    return any(function.startswith(".".join(parts[first:]) + ".") for first in whole_or_two)


def _look_up(file: str) -> tuple[str, bool]:
    return _judged(file[-PATH_CHARACTERS_MAX:])


@lru_cache(maxsize=4096)
def _judged(file: str) -> tuple[str, bool]:
    """The module and whether it can be the application's."""
    if file.startswith("<"):
        return _without_file(file)
    path = file.replace("\\", "/")
    if _NOTEBOOK.match(path):
        return "__main__", True
    library = _library_path(path) or _compiled_library_path(path)
    if library is not None:
        return _dotted(library), False
    module = _dotted(project_path(path))
    return module, not _is_library_module(module, path)


def _compiled_library_path(path: str) -> str | None:
    """`lib/sqlalchemy/engine/_result_cy.py` and `src/lxml/etree.pyx`: the path below the root of the build."""
    root = _COMPILED_ROOT.match(path)
    if root is None or path[root.end() :].partition("/")[0] not in _LIBRARIES:
        return None
    return path[root.end() :]


def _library_path(path: str) -> str | None:
    for root in (_PACKAGES, _WHEEL, _STANDARD_LIBRARY, _RUNTIMES):
        found = root.match(path)
        if found is not None:
            return path[found.end() :]
    return None


def _without_file(file: str) -> tuple[str, bool]:
    """Modules of `<frozen importlib._bootstrap>`, `<stdin>`, `<attrs generated init shop.Cart>`."""
    if file.startswith("<frozen "):
        return file[len("<frozen ") :].rstrip(">"), False
    if _NOTEBOOK.match(file):
        return "__main__", True
    return file, _TYPED_IN.match(file) is not None


def _is_library_module(module: str, path: str) -> bool:
    top = module.partition(".")[0]
    if top in _LIBRARIES:
        return "." in module
    if path.endswith(_NATIVE):
        return not path.startswith("/")
    return "/" not in path and path.endswith(".py") and module in sys.stdlib_module_names and module != "__main__"


def _dotted(path: str) -> str:
    stem = path
    for ending in (".py", ".pyc", ".pyx", ".pyw", ".pxi", ".pxd"):
        stem = stem.removesuffix(ending)
    return stem.removesuffix("/__init__").strip("/").replace("/", ".")
