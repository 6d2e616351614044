"""Services to fail against, on loopback: an HTTP server, one with a certificate nobody trusts, and a Redis.

What they answer is in the request: `/status/404`, `/slow`, `/llm/openai/context/...`, `GET wrongtype:7`.
"""

import http.server
import json
import socketserver
import ssl
import subprocess
import tempfile
import threading
import time
from itertools import count
from pathlib import Path
from typing import Any

HTTP_PORT, TLS_PORT, REDIS_PORT, SILENT_PORT = 18080, 18443, 16379, 18081
_numbers = count(4211, 137)

OPENAI: dict[str, tuple[int, str, str, str]] = {
    "key": (401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided: sk-****{n}."),
    "model": (404, "invalid_request_error", "model_not_found", "The model `gpt-6-harbour` does not exist or you do not have access to it."),
    "rate": (429, "requests", "rate_limit_exceeded", "Rate limit reached for gpt-5 in organization org-{n} on requests per min (RPM): Limit 500, Used 500, Requested 1. Please try again in {n}ms."),
    "quota": (429, "insufficient_quota", "insufficient_quota", "You exceeded your current quota, please check your plan and billing details."),
    "context": (400, "invalid_request_error", "context_length_exceeded", "This model's maximum context length is 128000 tokens. However, your messages resulted in 12{n} tokens. Please reduce the length of the messages."),
    "server": (500, "server_error", "", "The server had an error while processing your request. Request id req_{n}."),
    "busy": (503, "server_error", "", "The engine is currently overloaded, please try again later"),
    "parameter": (400, "invalid_request_error", "unsupported_parameter", "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."),
}  # fmt: skip
"""Status, type, code and message of the provider's errors."""
ANTHROPIC: dict[str, tuple[int, str, str]] = {
    "key": (401, "authentication_error", "invalid x-api-key"),
    "forbidden": (403, "permission_error", "Your API key does not have permission to use the specified resource."),
    "model": (404, "not_found_error", "model: claude-harbour-9"),
    "rate": (429, "rate_limit_error", "This request would exceed your organization's rate limit of {n} input tokens per minute."),
    "overloaded": (529, "overloaded_error", "Overloaded"),
    "server": (500, "api_error", "Internal server error"),
    "context": (400, "invalid_request_error", "prompt is too long: 20{n} tokens > 200000 maximum"),
    "credit": (400, "invalid_request_error", "Your credit balance is too low to access the Anthropic API."),
    "large": (413, "request_too_large", "Request exceeds the maximum size"),
}  # fmt: skip
REDIS = {
    "wrongtype": "WRONGTYPE Operation against a key holding the wrong kind of value",
    "oom": "OOM command not allowed when used memory > 'maxmemory'.",
    "noauth": "NOAUTH Authentication required.",
    "readonly": "READONLY You can't write against a read only replica.",
    "loading": "LOADING Redis is loading the dataset in memory",
    "integer": "ERR value is not an integer or out of range",
    "command": "ERR unknown command 'FROB', with args beginning with: 'a'",
}


class _Answers(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length:
            self.rfile.read(length)
        kind, _, rest = self.path.lstrip("/").partition("/")
        if kind == "status":
            self._send(int(rest.split("/")[0]), {"error": "no"})
        elif kind == "slow":
            time.sleep(4)
            self._send(200, {})
        elif kind == "drop":
            self.close_connection = True
        elif kind == "truncated":
            self._raw(200, b'{"total": 12', "application/json", length=900)
            self.close_connection = True
        elif kind == "html":
            self._raw(200, b"<html><body>Bad gateway</body></html>", "text/html")
        elif kind == "json":
            self._raw(200, b'{"id": 7, "total": "12,5", "lines": [1, 2,]}', "application/json")
        elif kind == "order":
            self._send(200, {"id": "A7", "total": None, "customer": {"name": 5}})
        elif kind == "loop":
            self.send_response(302)
            self.send_header("Location", self.path)
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif kind == "llm":
            self._model(*rest.split("/")[:2])
        elif kind == "aws":
            self._aws(rest.split("/")[0])
        else:
            self._send(200, {})

    do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = do_GET

    def _model(self, provider: str, kind: str) -> None:
        number = next(_numbers)
        if provider == "openai":
            status, error_type, code, message = OPENAI[kind]
            error: dict[str, Any] = {"message": message.format(n=number), "type": error_type, "param": None}
            self._send(status, {"error": error | {"code": code or None}})
        else:
            status, error_type, message = ANTHROPIC[kind]
            error = {"type": error_type, "message": message.format(n=number)}
            self._send(status, {"type": "error", "error": error, "request_id": f"req_011CP{number}"})

    def _aws(self, kind: str) -> None:
        status, code, message = {
            "denied": (403, "AccessDenied", "Access Denied"),
            "slow": (503, "SlowDown", "Please reduce your request rate."),
            "key": (404, "NoSuchKey", "The specified key does not exist."),
            "bucket": (404, "NoSuchBucket", "The specified bucket does not exist"),
            "expired": (400, "ExpiredToken", "The provided token has expired."),
            "signature": (403, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided."),
        }[kind]  # fmt: skip
        text = f"<Error><Code>{code}</Code><Message>{message}</Message><RequestId>{next(_numbers)}</RequestId></Error>"
        self._raw(status, text.encode(), "application/xml")

    def _send(self, status: int, body: object) -> None:
        self._raw(status, json.dumps(body).encode(), "application/json")

    def _raw(self, status: int, body: bytes, content_type: str, length: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(length or len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        pass


class _Redis(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        while line := self.rfile.readline():
            words = [line.decode().strip()]
            if line.startswith(b"*"):
                words = []
                for _ in range(int(line[1:])):
                    size = int(self.rfile.readline()[1:])
                    words.append(self.rfile.read(size + 2)[:-2].decode())
            told = REDIS.get(words[1].split(":")[0]) if len(words) > 1 else None
            if told:
                self.wfile.write(f"-{told}\r\n".encode())
            elif words[0].upper() == "INFO":
                self.wfile.write(b"$22\r\nredis_version:7.2.0\r\n\r\n")
            elif words[0].upper() == "HELLO":
                self.wfile.write(b"-ERR unknown command 'HELLO'\r\n")
            else:
                self.wfile.write(b"+OK\r\n")


class _Silent(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        time.sleep(20)


class _Threads(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing: clients that give up are what these servers are for."""


def serve() -> None:
    """Start all of them; they end with the process."""
    servers: list[socketserver.BaseServer] = [
        http.server.ThreadingHTTPServer(("127.0.0.1", HTTP_PORT), _Answers),
        _Threads(("127.0.0.1", REDIS_PORT), _Redis),
        _Threads(("127.0.0.1", SILENT_PORT), _Silent),
    ]
    secure = http.server.ThreadingHTTPServer(("127.0.0.1", TLS_PORT), _Answers)
    secure.socket = _untrusted().wrap_socket(secure.socket, server_side=True)
    for server in (*servers, secure):
        threading.Thread(target=server.serve_forever, daemon=True).start()


def _untrusted() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        key, certificate = Path(folder) / "key.pem", Path(folder) / "cert.pem"
        subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
        made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
        subprocess.run([*made, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
        context.load_cert_chain(certificate, key)
    return context


if __name__ == "__main__":
    serve()
    threading.Event().wait()
