"""What runs next; claiming is exclusive."""

import subprocess
import sys
from collections import Counter
from datetime import timedelta

from sqlalchemy import text

from musings.models import Kind, NewPrompt
from musings.store import times
from musings.store.database import Database
from musings.store.queue import attempts, claims, endings, snapshot, submission
from tests.musings.store.queue.taking import claimed, shell


class TestClaim:
    def test_four_processes_never_get_the_same_prompt(self, database: Database) -> None:
        with database.write() as connection:
            for n in range(200):
                connection.execute(
                    text("INSERT INTO prompts (prompt_text, max_attempts) VALUES (:words, 3)"), {"words": f"fox {n}"}
                )
        program = (
            "import sys\n"
            "from musings.models import Kind\n"
            "from musings.store.queue import claims\n"
            "from musings.sqlite.database import open_database\n"
            "database = open_database(sys.argv[1])\n"
            "database.reading(claims.next_due, list(Kind))\n"
            "print('ready', flush=True)\n"
            "sys.stdin.readline()\n"
            "while (found := database.writing(claims.claim, list(Kind))) is not None:\n"
            "    print(found.id, found.attempt)\n"
            "database.close()\n"
        )
        command = [sys.executable, "-c", program, str(database.path)]
        children = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(4)]
        for child in children:
            assert child.stdout is not None
            assert child.stdout.readline() == b"ready\n"
        taken: Counter[str] = Counter()
        for child in children:
            assert child.stdin is not None
            child.stdin.write(b"go\n")
            child.stdin.flush()
        for child in children:
            taken.update(child.communicate()[0].decode().splitlines())
        assert taken == Counter(f"{n} 1" for n in range(1, 201))

    def test_the_most_urgent_then_the_oldest(self, database: Database) -> None:
        for priority in (5, 1, 10, 1):
            database.writing(submission.add, NewPrompt("a fox", "text", priority=priority))
        order = [database.writing(claims.claim, list(Kind)) for _ in range(4)]
        assert [each.id for each in order if each] == [2, 4, 1, 3]

    def test_only_the_kinds_asked_for(self, database: Database) -> None:
        database.writing(submission.add, NewPrompt("a fox", "song"))
        assert database.writing(claims.claim, [Kind.IMAGE, Kind.MUSIC, Kind.VOICE]) is None
        assert database.reading(snapshot.look, [Kind.IMAGE]).kind is None
        assert database.writing(claims.claim, [Kind.TEXT]) is not None

    def test_not_before_its_time_nor_from_the_trash(self, database: Database) -> None:
        taken = claimed(database)
        later = times.now() + timedelta(hours=1)
        database.writing(endings.put_back, taken, at=later, error="x", error_class="PassingFault", seconds=0, log="")
        assert database.writing(claims.claim, list(Kind)) is None
        assert database.reading(claims.next_due, list(Kind)) == later
        shell(database, "UPDATE prompts SET next_attempt_at = NULL, deleted_at = '2026-01-01'")
        assert database.writing(claims.claim, list(Kind)) is None
        assert database.reading(claims.next_due, list(Kind)) is None

    def test_what_it_writes(self, database: Database) -> None:
        taken = claimed(database)
        assert (taken.status, taken.artifact_status, taken.attempt) == ("processing", "processing", 1)
        assert taken.processed_at is not None
        [attempt] = database.reading(attempts.of_prompts, [taken.id])[taken.id]
        assert (attempt.attempt, attempt.status) == (1, "running")

    def test_an_id_that_comes_back_with_old_attempts_is_claimed(self, database: Database) -> None:
        shell(database, "INSERT INTO attempts (prompt_id, attempt, status, started_at) VALUES (1, 1, 'failed', '')")
        taken = claimed(database)
        [attempt] = database.reading(attempts.of_prompts, [taken.id])[taken.id]
        assert attempt.status == "running"

    def test_it_reads_one_index_in_order(self, database: Database) -> None:
        for n in range(50):
            database.writing(submission.add, NewPrompt(f"fox {n}", "text"))
        with database.read() as connection:
            connection.execute(text("ANALYZE"))
            query = claims.next_in_line(tuple(Kind)).params(now=times.now())
            plan = connection.execute(
                text(f"EXPLAIN QUERY PLAN {query.compile(connection, compile_kwargs={'literal_binds': True})}")
            ).all()
        assert "musings_prompts_queue" in str(plan)
        assert "TEMP B-TREE" not in str(plan)
