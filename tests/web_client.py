"""The website's channel as tests see it: what a browser sends, over real HTTP."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import requests

from bot.processes import HOST
from bot.settings import Settings


@dataclass
class Client:
    """One person's browser."""

    base: str
    token: str = ""

    @classmethod
    def of(cls, settings: Settings) -> Client:
        """A browser that has begun a session."""
        client = cls(f"http://{HOST}:{settings.port}/chat")
        client.token = client.begin()["token"]
        return client

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def begin(self) -> dict[str, Any]:
        response = requests.post(f"{self.base}/session", headers=self.headers, timeout=30)
        begun: dict[str, Any] = response.json()
        return begun

    def post(self, body: Any, **headers: str) -> requests.Response:
        data = body if isinstance(body, (str, bytes)) else json.dumps(body)
        return requests.post(f"{self.base}/messages", data=data, headers={**self.headers, **headers}, timeout=30)

    def say(self, text: str, client_id: str | None = None, payload: str | None = None) -> list[dict[str, Any]]:
        body = {"id": client_id or uuid.uuid4().hex, "text": text, **({"payload": payload} if payload else {})}
        response = self.post(body)
        assert response.status_code == 200, response.text
        messages: list[dict[str, Any]] = response.json()["messages"]
        return messages

    def history(self, after: int = 0) -> list[dict[str, Any]]:
        response = requests.get(f"{self.base}/messages", params={"after": after}, headers=self.headers, timeout=30)
        messages: list[dict[str, Any]] = response.json()["messages"]
        return messages

    def forget(self) -> requests.Response:
        return requests.delete(f"{self.base}/messages", headers=self.headers, timeout=30)

    def events(self, last: int | None = None) -> Iterator[dict[str, Any]]:
        headers = {**self.headers, **({"Last-Event-ID": str(last)} if last is not None else {})}
        with requests.get(f"{self.base}/events", headers=headers, stream=True, timeout=30) as response:
            for line in response.iter_lines():
                if line.startswith(b"data: "):
                    yield json.loads(line[6:])
