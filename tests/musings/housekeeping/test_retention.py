"""What may go, for any house that one can think of."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as some

from musings.housekeeping.retention import FINAL, Reason, RetentionRules, due_for_removal
from musings.models import MEDIA_KINDS, Kind
from musings.store.gallery.removal import Removable

NOW = datetime(2026, 11, 22, tzinfo=UTC)
KEEP = RetentionRules(None, None, MEDIA_KINDS, keep_starred=True, trash=timedelta(days=30))


def held(number: int, **more: object) -> Removable:
    plain = Removable(
        id=number,
        kind=Kind.IMAGE,
        text="a fox",
        status="completed",
        starred=False,
        finished_at=NOW - timedelta(days=number),
        in_trash=False,
        deleted_at=None,
        paths=(f"{number}",),
    )
    return replace(plain, **more)  # type: ignore[arg-type]


days = some.integers(-500, 500).map(lambda n: NOW - timedelta(days=n))
paths = some.lists(some.sampled_from("abcdefgh"), max_size=3).map(tuple)


@some.composite
def houses(draw: some.DrawFn) -> list[Removable]:
    found = []
    for number in range(draw(some.integers(0, 12))):
        in_trash = draw(some.booleans())
        found.append(
            Removable(
                id=number,
                kind=draw(some.sampled_from([*Kind, None])),
                text="a fox",
                status=draw(some.sampled_from(["pending", "processing", *FINAL])),
                starred=draw(some.booleans()),
                finished_at=draw(some.none() | days),
                in_trash=in_trash,
                deleted_at=draw(some.none() | days) if in_trash else None,
                paths=draw(paths),
            )
        )
    return found


sizes_of = some.dictionaries(some.sampled_from("abcdefgh"), some.integers(0, 100))
rules_of = some.builds(
    RetentionRules,
    max_age=some.none() | some.integers(1, 400).map(lambda n: timedelta(days=n)),
    max_bytes=some.none() | some.integers(0, 400),
    kinds=some.sets(some.sampled_from(Kind)),
    keep_starred=some.booleans(),
    trash=some.integers(1, 60).map(lambda n: timedelta(days=n)),
)


@given(houses(), sizes_of, rules_of)
def test_what_goes_was_allowed_to_go(house: list[Removable], sizes: dict[str, int], rules: RetentionRules) -> None:
    going = due_for_removal(house, sizes, rules, NOW)
    assert len({each.held.id for each in going}) == len(going)
    for each in going:
        gone = each.held
        assert gone.status != "processing"
        if gone.in_trash:
            assert each.reason in (Reason.TRASH, Reason.SIZE)
        else:
            assert each.reason in (Reason.AGE, Reason.SIZE)
            assert not (gone.starred and rules.keep_starred)
            assert gone.kind in rules.kinds
            assert gone.status in FINAL
        if each.reason is Reason.AGE:
            assert rules.max_age is not None
            assert gone.finished_at is not None
            assert NOW - gone.finished_at > rules.max_age


@given(houses(), sizes_of, rules_of)
def test_nothing_outside_the_trash_that_is_starred_goes(
    house: list[Removable], sizes: dict[str, int], rules: RetentionRules
) -> None:
    going = due_for_removal(house, sizes, replace(rules, keep_starred=True), NOW)
    assert not any(each.held.starred and not each.held.in_trash for each in going)


@given(houses(), sizes_of, rules_of)
def test_the_rest_fits_or_may_not_go(house: list[Removable], sizes: dict[str, int], rules: RetentionRules) -> None:
    going = {each.held.id for each in due_for_removal(house, sizes, rules, NOW)}
    rest = [each for each in house if each.id not in going]
    left = sum(sizes.get(path, 0) for path in {path for each in rest for path in each.paths})
    if rules.max_bytes is None or left <= rules.max_bytes:
        return
    alone = [path for each in house for path in set(each.paths)]
    for each in rest:
        frees = sum(sizes.get(path, 0) for path in set(each.paths) if alone.count(path) == 1)
        kept = each.starred and rules.keep_starred
        may = each.in_trash or (each.kind in rules.kinds and each.status in FINAL and each.finished_at is not None)
        assert not (frees and may and not kept and each.status != "processing")


@given(houses(), sizes_of)
def test_without_rules_only_the_trash_goes(house: list[Removable], sizes: dict[str, int]) -> None:
    going = due_for_removal(house, sizes, KEEP, NOW)
    assert all(each.reason is Reason.TRASH for each in going)


def test_the_oldest_goes_first_and_no_more_than_must() -> None:
    house = [held(1), held(2), held(3), held(4)]
    going = due_for_removal(house, {str(n): 10 for n in range(9)}, replace(KEEP, max_bytes=25), NOW)
    assert [each.held.id for each in going] == [4, 3]
    assert [each.bytes for each in going] == [10, 10]


def test_the_trash_goes_before_what_is_in_sight() -> None:
    house = [held(9), held(2, in_trash=True, deleted_at=NOW - timedelta(days=1))]
    going = due_for_removal(house, {"9": 10, "2": 10}, replace(KEEP, max_bytes=10), NOW)
    assert [(each.held.id, each.reason) for each in going] == [(2, Reason.SIZE)]


def test_a_starred_prompt_in_the_trash_goes_when_its_time_is_over() -> None:
    house = [held(1, starred=True, in_trash=True, deleted_at=NOW - timedelta(days=31))]
    assert [each.reason for each in due_for_removal(house, {}, KEEP, NOW)] == [Reason.TRASH]


def test_a_file_that_two_name_gives_no_room() -> None:
    house = [held(1, paths=("a",)), held(2, paths=("a",)), held(3, paths=("b",))]
    going = due_for_removal(house, {"a": 100, "b": 10}, replace(KEEP, max_bytes=105), NOW)
    assert [(each.held.id, each.bytes) for each in going] == [(3, 10)]


def test_a_clock_set_back_makes_nothing_old() -> None:
    early = NOW - timedelta(days=10_000)
    house = [held(1), held(2, in_trash=True, deleted_at=NOW)]
    assert due_for_removal(house, {}, replace(KEEP, max_age=timedelta(days=1)), early) == []
