"""Output: all of it is read, its end is kept, and who listens hears it as it comes."""

import pytest

from musings import process
from musings.process import draining
from tests.musings.process.programs import python


class TestOutput:
    def test_huge_output_keeps_its_end(self) -> None:
        program = "import sys\nfor n in range(300000): print(n, 'x' * 20)\nprint('the end')"
        done = process.run(python(program))
        assert len(done.stdout) <= draining.KEPT_BYTES
        assert done.stdout.endswith("the end\n")

    def test_bytes_that_are_no_text(self) -> None:
        assert "\N{REPLACEMENT CHARACTER}" in process.run(["printf", r"a\377b"]).stdout

    def test_output_as_it_comes(self) -> None:
        heard: list[bytes] = []
        whispered: list[bytes] = []
        program = "import sys; print('one', flush=True); print('two', file=sys.stderr)"
        process.run(python(program), on_stdout=heard.append, on_stderr=whispered.append)
        assert (b"".join(heard), b"".join(whispered)) == (b"one\n", b"two\n")

    def test_who_listens_and_raises_stops_it(self) -> None:
        def refuse(chunk: bytes) -> None:
            raise ValueError(chunk)

        with pytest.raises(ValueError, match="one"):
            process.run(python("import time; print('one', flush=True); time.sleep(600)"), on_stdout=refuse)
