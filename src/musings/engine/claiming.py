"""Taking the next prompt: what every engine does, however it learned that one is due."""

from musings.engine.base import Slots, WorkerSession
from musings.models import Prompt
from musings.store.database import Database
from musings.store.queue import claims, snapshot


def claim(database: Database, slots: Slots, session: WorkerSession, only: int | None = None) -> Prompt | None:
    """Claim and take the next due prompt that there is room for, or None; also while the queue is paused.

    ``only`` names the single prompt that may be taken; where the room is for another one alone, that one is taken.
    What other programs left is admitted first.
    """
    room = slots.room()
    if not room.kinds:
        if not slots.running:  # a full disk for one: what other programs left is taken in all the same
            session.admit()
        return None
    # The slots are stricter than the caller: a suspected prompt must run before any other does.
    wanted = only if room.only is None else room.only
    # A read first: an idle runner asks all the time and must not take the write lock for it.
    seen = database.reading(snapshot.look, room.kinds, without=room.without, only=wanted, but=room.but)
    if seen.left and session.admit():
        # Looked at anew: what was just admitted may be more urgent than what the first look found.
        seen = database.reading(snapshot.look, room.kinds, without=room.without, only=wanted, but=room.but)
    if seen.is_paused or seen.kind is None:
        return None
    maker_of = slots.makers_of(seen.kind)  # asked before anything is locked: it may take its time
    # Relaxed: a claim that a power cut undoes only means that the prompt is claimed again.
    prompt = database.writing_relaxed(
        claims.claim,
        room.kinds,
        without=room.without,
        only=wanted,
        but=room.but,
        maker_of=maker_of,
        by=session.identity,
    )
    if prompt is not None:
        # Before the thread that runs it exists, so that no second claim can believe that the place is free.
        slots.take(prompt)
    return prompt
