"""Labels of jobs, and the pages of the jobs that carry them."""

from musings.store.database import Database
from musings.store.queue import comfyui_jobs as jobs
from musings.store.queue import comfyui_labels
from musings.store.queue.comfyui_jobs import NewJob
from tests.musings.store.adding import add, shell


def noted(database: Database, job_id: str, status: str = "pending", **labels: str) -> int:
    prompt = add(database, job_id).id
    database.writing(jobs.add, prompt, NewJob(job_id, "hash", ["9"], labels=labels))
    shell(database, "UPDATE prompts SET status = ? WHERE id = ?", status, prompt)
    return prompt


def listed(database: Database, statuses: tuple[str, ...] = (), before: int | None = None, **labels: str) -> list[str]:
    return [each.job_id for each in database.reading(jobs.page, labels, statuses, 2, before)]


def test_labels_come_back_with_their_jobs(database: Database) -> None:
    first, second = noted(database, "a", take="1", who="ada"), noted(database, "b")
    assert database.reading(comfyui_labels.of_prompts, [first, second, 99]) == {first: {"take": "1", "who": "ada"}}


def test_jobs_are_found_by_all_of_their_labels(database: Database) -> None:
    noted(database, "a", who="ada", take="1")
    noted(database, "b", who="ada", take="2")
    noted(database, "c", who="bob", take="1")
    assert listed(database, who="ada") == ["b", "a"]
    assert listed(database, who="ada", take="1") == ["a"]
    assert listed(database, who="eve") == []


def test_pages_follow_each_other_newest_first(database: Database) -> None:
    numbers = [noted(database, name, "failed" if name == "b" else "pending") for name in "abcd"]
    assert listed(database) == ["d", "c"]
    assert listed(database, before=numbers[2]) == ["b", "a"]
    assert listed(database, ("failed",)) == ["b"]
    database.writing(jobs.forget, [numbers[3]])
    assert listed(database) == ["c", "b"]


def test_labels_go_with_their_prompt(database: Database) -> None:
    noted(database, "a", who="ada")
    with database.write() as connection:
        connection.exec_driver_sql("DELETE FROM prompts")
        assert connection.exec_driver_sql("SELECT count(*) FROM musings_comfyui_labels").scalar_one() == 0
