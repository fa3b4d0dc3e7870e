"""A program that stays and is talked to in lines."""

from collections.abc import Iterator

import pytest

from musings import process
from musings.errors import Cancelled, CommandError
from tests.musings.process.programs import FAMILY, gone, python


class TestConversation:
    ECHO = (
        "import sys\nfor line in sys.stdin:\n"
        "    print('heard', line.strip(), file=sys.stderr, end='|', flush=True)\n"
        "    print(line.strip().upper(), flush=True)\n"
    )

    @pytest.fixture
    def echo(self) -> Iterator[process.Conversation]:
        companion = process.Conversation(python(self.ECHO))
        yield companion
        companion.kill()
        assert companion.ended

    def test_lines_there_and_back(self, echo: process.Conversation) -> None:
        assert process.alive(echo.identity)
        for word in ("fox", "é 🦊", "x" * 200_000):
            echo.send(word)
            assert echo.receive() == word.upper()
        assert echo.resident_bytes > 1_000_000

    def test_what_it_whispers_is_counted_from_the_last_line(self, echo: process.Conversation) -> None:
        for word in ("one", "two"):
            heard: list[bytes] = []
            echo.send(word, on_stderr=heard.append)
            echo.receive()
            assert echo.whispered(mark="|") == f"heard {word}"
            assert b"".join(heard) == f"heard {word}|".encode()

    def test_who_listens_and_raises_is_heard(self, echo: process.Conversation) -> None:
        def refuse(chunk: bytes) -> None:
            raise ValueError(chunk)

        echo.send("fox", on_stderr=refuse)
        echo.receive()
        echo.whispered(mark="|")
        with pytest.raises(ValueError, match="heard"):
            echo.receive()

    def test_several_lines_in_one_breath_are_kept(self) -> None:
        companion = process.Conversation(python("print('a\\nb\\nc')"))
        assert [companion.receive() for _ in range(3)] == ["a", "b", "c"]
        with pytest.raises(CommandError, match="ended with exit code 0"):
            companion.receive()
        companion.kill()

    def test_a_line_without_an_end_is_given_up(self) -> None:
        companion = process.Conversation(python("print('x' * 10_000_000)"), most_line_bytes=100_000)
        with pytest.raises(CommandError, match="said more than 100,000 bytes in one line"):
            companion.receive()
        companion.kill()

    def test_its_end_is_an_error_that_carries_what_it_said(self) -> None:
        companion = process.Conversation(python("import sys; sys.stdin.readline(); sys.exit('no luck')"))
        companion.send("go")
        with pytest.raises(CommandError, match="ended with exit code 1") as caught:
            companion.receive()
        assert (caught.value.code, caught.value.stderr) == (1, "no luck\n")
        with pytest.raises(CommandError):
            companion.send("x" * 100_000)
        assert companion.resident_bytes == 0
        companion.kill()

    def test_one_that_cannot_start(self) -> None:
        with pytest.raises(CommandError, match="could not be started"):
            process.Conversation(["no-such-program-anywhere"])

    def test_what_check_raises_comes_back_and_kill_ends_the_family(self) -> None:
        companion = process.Conversation(python(FAMILY.format(last="time.sleep(600)")))
        grandchild = int(companion.receive())

        def refuse() -> None:
            raise Cancelled("stop")

        with pytest.raises(Cancelled):
            companion.receive(refuse)
        companion.kill()
        assert not process.alive(companion.identity)
        assert gone(grandchild)
