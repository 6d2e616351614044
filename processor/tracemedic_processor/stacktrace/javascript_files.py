"""What the file of a JavaScript frame tells: its module without hashes and deploy prefix, and whose code it is."""

import re
from functools import lru_cache

from tracemedic_processor.stacktrace.paths import PATH_CHARACTERS_MAX, project_path

_QUERY = re.compile(r"[?#].*$", re.DOTALL)
_BUNDLER = re.compile(
    r"^(?:webpack(?:-internal)?://[^/]*/|turbopack://[^/]*/|rsc://React/[^/]*/|vite://[^/]*/|ng://[^/]*/|metro://[^/]*/)"
    r"(?:\((?:[\w-]+)\)/(?=\./))?(?:\[project\]/)?",
)
_LAYER = re.compile(
    r"^\((?:rsc|ssr|app-pages-browser|action-browser|api|middleware|instrument|pages-dir-(?:node|browser))\)/"
)
_ADDRESS = re.compile(r"^(?:blob:)?[a-z][a-z0-9+.-]*://[^/]*", re.IGNORECASE)
_ARCHIVE = re.compile(r".*/(?:app\.asar|resources/app)/")
_BUILD = re.compile(
    r"^(?:(?:.*/)?\.next/(?:standalone/)?)?(?:server|_next/static|static)/chunks/|^(?:.*/)?(?:\.next|\.nuxt|\.output|\.svelte-kit)/(?:standalone/)?(?:server/)?|^(?:_next/)?static/(?:chunks/)?|^(?:dist|build|out|public|\.build|assets)/"
)
_ENDING = re.compile(r"\.(?:[cm]?[jt]sx?|vue|svelte|astro|bundle|jsbundle)$")
_HASH_PART = re.compile(r"(?=[a-f]*\d)[0-9a-f]{7,64}$|\d+$")
_HASH_TAIL = re.compile(
    r"(?:__[0-9a-f]{7,64}(?:\._)?|[-_.~](?=[0-9a-f]*\d)[0-9a-f]{7,64}|-(?=\w*\d|\w+[A-Z])[\w-]{8})$"
)
_PACKAGES = re.compile(r".*(?:^|/)(?:node_modules|bower_components|jspm_packages|~)/(?:\.pnpm/[^/]+/node_modules/)?")

_FOREIGN = re.compile(
    r"node:|internal/|ext:|bun:|native|deno:|npm:|jsr:|wasm:|(?:chrome|moz|safari|safari-web|ms-browser)-extension:|anonymous"
    r"|https?://(?:deno\.land|esm\.sh|unpkg\.com|cdn\.|cdnjs\.|www\.googletagmanager\.|www\.google-analytics\.|connect\.facebook\.)"
    r"|/var/runtime/|file:///var/runtime/|<|\[eval\]-wrapper|\[native code\]|https?://(?:ajax\.googleapis|code\.jquery)\."
)
_BUNDLED = re.compile(
    r"(?:^|/)(?:webpack/(?:bootstrap|runtime|universalModuleDefinition|before-startup|startup)\b|webpack-runtime|webpack\.|\[turbopack\]"
    r"|turbopack_|node_modules_|vendors?[~.-]|framework-|polyfills?[.-]|polyfills-|\.yarn/|\.pnp\.|pnp:|next/dist/|main-app-)"
    r"|\[turbopack\]|/\(webpack\)/|\(webpack\)|next/dist/"
)
_CORE_FILES_NAMES = """
    assert async_hooks buffer child_process cluster console crypto dgram diagnostics_channel dns domain events fs http
    http2 https inspector module net os path perf_hooks process punycode querystring readline repl stream
    string_decoder timers tls tty url util v8 vm worker_threads zlib node bootstrap_node next_tick _http_agent
    _http_client _http_common _http_incoming _http_outgoing _http_server _stream_duplex _stream_readable
    _stream_transform _stream_wrap _stream_writable _tls_common _tls_wrap
"""
_CORE_FILES = frozenset(_CORE_FILES_NAMES.split())


def module_of(file: str) -> str:
    """The module: below `node_modules` for packages, the file below its project without ending and hash otherwise."""
    return _judged(file[:PATH_CHARACTERS_MAX])[0]


def is_application(file: str) -> bool:
    """Whether the file is the application's own, and not of the runtime, a package, a bundler, a browser extension."""
    return _judged(file[:PATH_CHARACTERS_MAX])[1]


@lru_cache(maxsize=4096)
def _judged(file: str) -> tuple[str, bool]:
    path = _QUERY.sub("", file).replace("\\", "/")
    if _FOREIGN.match(path):
        return _ENDING.sub("", _ADDRESS.sub("", path.removeprefix("file://"))) or path, False
    package = _PACKAGES.match(path)
    if package is not None:
        return _ENDING.sub("", path[package.end() :]), False
    module = _module(path)
    return module, not (_BUNDLED.search(path) or _is_core(path))


def _is_core(path: str) -> bool:
    """Before Node.js 16 its own files stood without a `node:` in front."""
    return path.endswith(".js") and path[:-3] in _CORE_FILES


def _module(path: str) -> str:
    below = _below_address(path)
    folder, slash, name = _BUILD.sub("", _BUILD.sub("", below)).rpartition("/")
    stem = _without_hash(_ENDING.sub("", name))
    if not stem:
        return folder or "bundle"
    return f"{folder}{slash}{stem}"


def _below_address(path: str) -> str:
    """The path without protocol and host, without the layer of a bundler, below its project."""
    bundled = _BUNDLER.sub("", path)
    if bundled != path:
        return project_path(_LAYER.sub("", bundled).removeprefix("./"))
    archive = _ARCHIVE.match(path)
    if archive is not None:
        return project_path(path[archive.end() :])
    if path.startswith("file:"):
        return project_path("/" + path[len("file:") :].lstrip("/"))
    address = _ADDRESS.match(path)
    if address is not None:
        return project_path(path[address.end() :].lstrip("/"))
    return project_path(_LAYER.sub("", path))


def _without_hash(stem: str) -> str:
    parts = [part for part in stem.split(".") if not _HASH_PART.match(part)]
    return _HASH_TAIL.sub("", ".".join(parts))
