"""What a browser finds on a page: its tags with their attributes, in their order."""

from html.parser import HTMLParser

Tag = tuple[str, dict[str, str | None]]


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Tag] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def tags(html: str) -> list[Tag]:
    parser = Tags()
    parser.feed(html)
    return parser.found
