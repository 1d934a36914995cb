"""The proxy of compose.yml, run as it is with a server behind it that says what reached it."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.deploy.files import DEPLOY
from tests.ports import free_ports

HAPROXY = shutil.which("haproxy", path=f"{os.environ['PATH']}:/usr/sbin")
HOST = "127.0.0.1"


class Behind(BaseHTTPRequestHandler):
    """Answers with what it was asked."""

    def do_GET(self) -> None:
        body = json.dumps({"path": self.path, "headers": {k.lower(): v for k, v in self.headers.items()}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_DELETE = do_OPTIONS = do_GET

    def log_message(self, *args: object) -> None:
        pass


@dataclass
class Proxy:
    """The running proxy."""

    plain: int
    tls: int
    context: ssl.SSLContext
    log: Path

    def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, Any]]:
        """The status of a reply, and what reached the server behind, if it is from there."""
        connection = http.client.HTTPSConnection("localhost", self.tls, context=self.context, timeout=10)
        connection.putrequest(method, path, skip_host=False)
        for name, value in {"Content-Length": "0", **headers}.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        reply = connection.getresponse()
        body = reply.read()
        connection.close()
        return reply.status, json.loads(body) if reply.status == 200 else {}


def configuration(plain: int, tls: int) -> str:
    """The file itself, but for the ports."""
    text = (DEPLOY / "haproxy.cfg").read_text(encoding="utf-8")
    for address, port in (("bind :8080", plain), ("bind :8443", tls)):
        assert text.count(address) == 1
        text = text.replace(address, f"bind {HOST}:{port}")
    return text


def certificate() -> bytes:
    """A certificate of localhost and its key, as the proxy reads them."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(timezone.utc)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return signed.public_bytes(pem) + secret


@pytest.fixture(scope="module")
def variables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    file = tmp_path_factory.mktemp("certificate") / "proxy.pem"
    file.write_bytes(certificate())
    return {"CERTIFICATE": str(file), "ASSISTANT": f"{HOST}:5005", "DNS": f"{HOST}:53"}


def check(text: str, folder: Path, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    assert HAPROXY, "install Debian's package 'haproxy': make proxy"
    (folder / "haproxy.cfg").write_text(text, encoding="utf-8")
    command = [HAPROXY, "-c", "-f", str(folder / "haproxy.cfg")]
    return subprocess.run(command, env=variables, capture_output=True, text=True, check=False)


def test_the_configuration_is_right(tmp_path: Path, variables: dict[str, str]) -> None:
    result = check((DEPLOY / "haproxy.cfg").read_text(encoding="utf-8"), tmp_path, variables)
    assert (result.returncode, "WARNING" in result.stderr) == (0, False), result.stderr


def test_a_mistake_would_be_found(tmp_path: Path, variables: dict[str, str]) -> None:
    text = (DEPLOY / "haproxy.cfg").read_text(encoding="utf-8")
    assert check(text.replace("balance hdr", "balances hdr"), tmp_path, variables).returncode == 1


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory, variables: dict[str, str]) -> Iterator[Proxy]:
    assert HAPROXY, "install Debian's package 'haproxy': make proxy"
    folder = tmp_path_factory.mktemp("proxy")
    plain, tls = free_ports(2)
    (folder / "haproxy.cfg").write_text(configuration(plain, tls), encoding="utf-8")
    context = ssl.create_default_context(cafile=variables["CERTIFICATE"])
    log = folder / "log"
    with ThreadingHTTPServer((HOST, 0), Behind) as server, log.open("wb") as out:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        own = variables | {"ASSISTANT": f"{HOST}:{server.server_port}"}
        process = subprocess.Popen([HAPROXY, "-f", str(folder / "haproxy.cfg")], env=own, stdout=out, stderr=out)
        try:
            running = Proxy(plain, tls, context, log)
            wait_for(running)
            yield running
        finally:
            process.kill()
            process.wait()
            server.shutdown()


def wait_for(proxy: Proxy, seconds: float = 20) -> None:
    """Until it has found the server behind it to be ready."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if proxy.ask("/chat/")[0] == 200:
                return
        except ConnectionRefusedError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"the proxy does not answer:\n{proxy.log.read_text()}")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/chat"),
        ("GET", "/chat/widget.js"),
        ("POST", "/chat/messages"),
        ("GET", "/chat/messages?after=3"),
        ("DELETE", "/chat/messages"),
        ("OPTIONS", "/chat/session"),
        ("POST", "/webhooks/telegram/webhook"),
        ("POST", "/webhooks/slack/webhook"),
    ],
)
def test_what_patients_and_platforms_need_is_passed_on(proxy: Proxy, method: str, path: str) -> None:
    status, reached = proxy.ask(path, method)
    assert (status, reached["path"]) == (200, path)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/metrics",
        "/health/ready",
        "/webhooks/rest/webhook",
        "/webhooks/rest/",
        "/webhooks/slack/webhook/more",
        "/webhooks/telegram/",
        "/model",
        "/conversations/x/tracker",
        "/chatter",
        "/chat/../webhooks/rest/webhook",
        "/chat/..;/webhooks/rest/webhook",
        "/chat/%2e%2e/webhooks/rest/webhook",
        "/chat//../metrics",
        "//chat/",
        "/chat/x%2f..%2fmetrics",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_everything_else_stays_outside(proxy: Proxy, method: str, path: str) -> None:
    assert proxy.ask(path, method) == (404, {})


@pytest.mark.parametrize("path", ["/webhooks/telegram/webhook", "/webhooks/slack/webhook"])
def test_a_platform_only_posts(proxy: Proxy, path: str) -> None:
    assert proxy.ask(path)[0] == 405


def test_what_a_caller_says_of_its_address_is_not_believed(proxy: Proxy) -> None:
    said = {"X_Forwarded_For": "203.0.113.7", "X_Real_IP": "203.0.113.7", "Forwarded": "for=203.0.113.7"}
    _, reached = proxy.ask("/chat/", **said)
    assert reached["headers"]["x-forwarded-for"] == HOST and reached["headers"]["x-forwarded-proto"] == "https"
    assert not {"x-real-ip", "forwarded"} & set(reached["headers"])


def test_without_tls_there_is_only_the_way_to_it(proxy: Proxy) -> None:
    connection = http.client.HTTPConnection(HOST, proxy.plain, timeout=10)
    connection.request("POST", "/chat/messages", headers={"Host": "chat.example"})
    reply = connection.getresponse()
    assert (reply.status, reply.getheader("Location")) == (308, "https://chat.example/chat/messages")


def test_the_log_names_nobody(proxy: Proxy) -> None:
    proxy.ask("/chat/messages?after=zebra", Authorization="Bearer giraffe")
    deadline = time.monotonic() + 10
    while "/chat/messages" not in proxy.log.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    text = proxy.log.read_text()
    assert not any(it in text for it in ("zebra", "giraffe", HOST))
