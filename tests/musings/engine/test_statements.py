"""How often a runner meets the database: counted over real drains, and over one turn of an idle loop."""

from typing import Any

import pytest

from musings.makers.base import Context
from musings.models import Job, Outcome
from musings.store.database import Database
from tests.doubles import made_text
from tests.musings.engine.counting import counted
from tests.musings.worker.conftest import Hall

PROMPTS = 30
AROUND = 40  # statements of the start and the end of a run: taking over, housekeeping


@pytest.fixture
def hall(settings: Any, database: Database) -> Hall:
    return Hall(settings, database)


@pytest.mark.parametrize("prompt_type", ["text", "image"])
def test_a_drain_reads_and_writes_little_for_each_prompt(hall: Hall, prompt_type: str) -> None:
    def act(job: Job, context: Context) -> Outcome:
        for value in range(3):
            context.progress(value, 3, f"stage {value}")
        return made_text(job, context)

    hall.double.act = act
    for n in range(PROMPTS):
        hall.add(f"fox {n}", prompt_type)
    with counted(hall.database) as counts:
        assert hall.drain().ended == {"completed": PROMPTS}
    assert counts.of("SELECT") <= 10 * PROMPTS
    assert counts.of("BEGIN IMMEDIATE") <= 4 * PROMPTS + AROUND  # claim, begin, announce, end
