"""The files of ``web/``, as browsers may keep and run them."""

from __future__ import annotations

import re
from pathlib import Path

from sanic.exceptions import NotFound
from sanic.response import HTTPResponse, file

from bot.settings import ROOT

WEB = ROOT / "web"
NAME = re.compile(r"[a-z-]{1,40}\.[a-z]{2,4}")
KINDS = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml"}
# Nothing from another host, nothing inline: what the demo page keeps, the clinic's own pages may ask for too.
STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


async def page(name: str, folder: Path = WEB) -> HTTPResponse:
    """A file of the widget or of the demo page; any website may load it.

    Raises:
        NotFound: if there is no such file.
    """
    path = folder / name
    if not NAME.fullmatch(name) or path.suffix not in KINDS or not path.is_file():
        raise NotFound(f"there is no {name}")
    headers = {
        "Content-Security-Policy": STRICT,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Vary": "Origin",
        "Cache-Control": "public, max-age=300",
    }
    return await file(path, mime_type=f"{KINDS[path.suffix]}; charset=utf-8", headers=headers)
