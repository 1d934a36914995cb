"""The files of ``web/`` and the pictures of answers, as browsers may keep and run them."""

from __future__ import annotations

import re
from pathlib import Path

from sanic.exceptions import NotFound
from sanic.response import HTTPResponse, file

from bot.settings import ROOT
from bot.wording import DATA

WEB = ROOT / "web"
NAME = re.compile(r"[a-z-]{1,40}\.[a-z]{2,4}")
PICTURE = re.compile(r"([a-z_]{1,40})(\.svg|\.png)")
PICTURE_KINDS = {".svg": "image/svg+xml", ".png": "image/png"}
KINDS = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml"}
# Nothing from another host, nothing inline: what the demo page keeps, the clinic's own pages may ask for too.
STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# A drawing has its styles inside; opened by itself it may do nothing at all.
OF_PICTURES = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"


async def page(name: str, folder: Path = WEB) -> HTTPResponse:
    """A file of the widget or of the demo page; any website may load it.

    Raises:
        NotFound: if there is no such file.
    """
    path = folder / name
    if not NAME.fullmatch(name) or path.suffix not in KINDS or not path.is_file():
        raise NotFound(f"there is no {name}")
    return await file(path, mime_type=f"{KINDS[path.suffix]}; charset=utf-8", headers=_headers(STRICT, 300))


async def picture(name: str, data: Path = DATA) -> HTTPResponse:
    """The picture of a topic, as drawn or as PNG; any website and platform may load it.

    Raises:
        NotFound: if there is none.
    """
    match = PICTURE.fullmatch(name)
    path = data / match[1] / f"picture{match[2]}" if match else None
    if path is None or not path.is_file():
        raise NotFound("there is no such picture")
    return await file(path, mime_type=PICTURE_KINDS[path.suffix], headers=_headers(OF_PICTURES, 3600))


def _headers(policy: str, seconds: int) -> dict[str, str]:
    """What browsers are told of a file: what it may do, and how long they may keep it."""
    return {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Vary": "Origin",
        "Cache-Control": f"public, max-age={seconds}",
    }
