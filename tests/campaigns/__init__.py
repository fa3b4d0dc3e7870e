"""Campaigns: long runs of the real programs against kills, power cuts, faults and hostile servers, as commands.

``python -m tests.campaigns kills --minutes 20 --seed 7`` and so on; a short form of each is a test. The method, the
figures and what is not covered stand in ``docs/reliability.md``.
"""
