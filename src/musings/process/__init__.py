"""The only door to subprocess.

A list of arguments, never a shell string; a process group of its own that is killed whole; output drained while
the program runs; a time limit and a ``check`` that can stop it at any moment.
"""

from musings.process.companions import Companion, Lifeline, become, end_with_parent, shown, spawn
from musings.process.conversation import Conversation
from musings.process.groups import kill_group
from musings.process.identity import alive, identity
from musings.process.running import Completed, run

__all__ = [
    "Companion",
    "Completed",
    "Conversation",
    "Lifeline",
    "alive",
    "become",
    "end_with_parent",
    "identity",
    "kill_group",
    "run",
    "shown",
    "spawn",
]
