"""Which websites may show the widget. The headers that tell browsers so are set by Rasa's server (``--cors``)."""

from __future__ import annotations

from collections.abc import Collection

from sanic.request import Request

from bot.channels.errors import ChatError


class Origins:
    """The websites on the clinic's list, and the one that the server itself is."""

    def __init__(self, allowed: Collection[str]) -> None:
        """Takes the origins, as browsers write them: scheme, host and port, without a slash at the end."""
        self._allowed = frozenset(allowed)

    def check(self, request: Request) -> None:
        """Lets a request of a known website pass; one that no browser has sent names none.

        Raises:
            ChatError: if the website is not on the list.
        """
        origin = request.headers.get("origin")
        if origin is not None and not self._knows(origin, request):
            raise ChatError(403, "origin", f"{origin} may not use this chat; add it to website_origins in clinic.yml")

    def _knows(self, origin: str, request: Request) -> bool:
        return origin in self._allowed or origin.partition("://")[2] == request.host
