"""The page as a person uses it: write, choose, send, look."""

import re
from dataclasses import dataclass, field

from playwright.sync_api import ConsoleMessage, Locator, Page, expect


@dataclass
class Desk:
    """A browser window on the studio, and what went wrong in it."""

    page: Page
    url: str
    requests: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    expected: str | None = None
    """A trouble that the test itself causes, as a pattern."""

    def hear(self, message: ConsoleMessage) -> None:
        if message.type != "error" or (self.expected and re.search(self.expected, message.text)):
            return
        self.troubles.append(message.text)

    def open(self, path: str = "/") -> None:
        self.page.goto(self.url + path)
        expect(self.page.get_by_role("link", name="Musings")).to_be_visible()

    @property
    def prompt(self) -> Locator:
        return self.page.get_by_label("Your prompt")

    @property
    def dialog(self) -> Locator:
        """The open prompt."""
        return self.page.locator("dialog[open]").first

    def choose(self, kind: str) -> None:
        self.page.get_by_role("group", name="What to make").get_by_text(kind, exact=True).click()

    def send(self) -> None:
        self.page.locator("form button.loud").click()

    def ask(self, kind: str, words: str, *, size: tuple[int, int] = (256, 192)) -> None:
        """Submit a prompt from the studio, and wait until it is taken. Pictures are small, for speed."""
        self.choose(kind)
        if kind == "Picture":
            self.size(*size)
        self.prompt.fill(words)
        self.send()
        expect(self.prompt).to_have_value("")

    def size(self, width: int, height: int) -> None:
        exact = self.page.get_by_role("button", name=re.compile(r"\d+ × \d+"))
        if exact.get_attribute("aria-expanded") != "true":
            exact.click()
        self.page.get_by_label("Width").fill(str(width))
        self.page.get_by_label("Height").fill(str(height))

    def row(self, section: str, words: str) -> Locator:
        """A prompt in a section of the queue: Now, Next, Needs you or Lately."""
        heading = self.page.get_by_role("heading", name=re.compile(rf"^{section}\b"))
        return heading.locator("xpath=following-sibling::*[1]").locator("li").filter(has_text=words)

    def made(self, kind: str, words: str) -> None:
        """Submit a prompt and wait until the page shows it as made."""
        self.ask(kind, words)
        expect(self.row("Lately", words)).to_be_visible()

    def look_at(self, words: str) -> None:
        """Open a finished prompt of the queue."""
        self.row("Lately", words).get_by_role("link", name=words).click()
        expect(self.dialog.get_by_role("heading", name=words, exact=True)).to_be_visible()

    def is_wider_than_its_window(self) -> bool:
        wide: int = self.page.evaluate("document.documentElement.scrollWidth")
        return wide > (self.page.viewport_size or {"width": 0})["width"]
