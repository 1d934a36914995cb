"""What the tests of the report share: a reader of its page."""

from __future__ import annotations

from collections import defaultdict
from html.parser import HTMLParser

PARTS = ("h3", "p", "th", "td", "dt", "dd", "li", "summary", "title")


class Page(HTMLParser):
    """The texts of a report: tables by section, tiles by name, and all that a person can read."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tables: dict[str, list[list[list[str]]]] = defaultdict(list)
        """Of each section, each table as rows of cells, the head first."""
        self.texts: list[str] = []
        """Every text of one element."""
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._section = ""
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append((tag, given))
        if tag == "section":
            self._section = given["id"] or ""
        elif tag == "table":
            self.tables[self._section].append([])
        elif tag == "tr":
            self.tables[self._section][-1].append([])
        if tag in PARTS:
            self._open.append("")

    def handle_data(self, data: str) -> None:
        if self._open:
            self._open[-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag in PARTS:
            text = " ".join(self._open.pop().split())
            self.texts.append(text)
            if tag in ("th", "td"):
                self.tables[self._section][-1][-1].append(text)

    @property
    def tiles(self) -> dict[str, str]:
        """The figures at the top, by what they are of."""
        names = ("conversations", "messages", "answers given", "questions outside the guide", "not understood")
        more = ("about something else", "reports of warning signs", "requests for a person")
        return {name: self.texts[self.texts.index(name) + 1] for name in (*names, *more)}

    def rows(self, section: str, table: int = 0) -> list[list[str]]:
        """The rows of a table without its head."""
        return self.tables[section][table][1:]
