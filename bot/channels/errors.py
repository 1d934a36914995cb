"""What a request gets that cannot be served: a status, a code for the widget, and words; never a stack trace."""

from __future__ import annotations

import logging

from sanic import Blueprint
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from bot.logs import where as where

logger = logging.getLogger(__name__)


class ChatError(SanicException):
    """A request that cannot be served."""

    def __init__(self, status: int, code: str, message: str, retry_after: int | None = None) -> None:
        """Takes what the reply says.

        Args:
            status: of HTTP.
            code: by which the widget knows what happened.
            message: what happened and how to mend it, for whoever embeds the widget.
            retry_after: in seconds, when it is worth trying again.
        """
        super().__init__(message, status, quiet=True)
        self.status, self.code, self.retry_after = status, code, retry_after


def answer_errors(routes: Blueprint) -> None:
    """Gives every request to these routes a reply, whatever goes wrong."""
    routes.exception(ChatError)(refused)
    routes.exception(SanicException)(not_served)
    routes.exception(Exception)(failed)


def refused(request: Request, error: ChatError) -> HTTPResponse:
    """The reply to a request that cannot be served."""
    return _reply(error.status, error.code, str(error), error.retry_after)


def not_served(request: Request, error: SanicException) -> HTTPResponse:
    """The reply to what the server itself turns away: an unknown address, a method that is not offered."""
    return _reply(error.status_code, "not_served", str(error))


def failed(request: Request, error: Exception) -> HTTPResponse:
    """The reply where a part of the assistant broke; what broke is for the log alone."""
    logger.error("A request to %s failed: %s", request.path, where(error))
    return _reply(503, "unavailable", "The assistant cannot answer now. Please try again.", retry_after=2)


def _reply(status: int, code: str, message: str, retry_after: int | None = None) -> HTTPResponse:
    error: dict[str, str | int] = {"code": code, "message": message}
    if retry_after is None:
        return json_response({"error": error}, status=status)
    # In the body too: a browser shows the header to pages of the same origin only.
    error["retry_after"] = retry_after
    return json_response({"error": error}, status=status, headers={"Retry-After": str(retry_after)})
