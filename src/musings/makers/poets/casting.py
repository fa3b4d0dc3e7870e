"""Who writes, who reads, who has the last word: from the agents of the configuration to a team. Pure."""

from collections.abc import Mapping, Sequence

from musings.config.language import AgentSettings
from musings.makers.poets.assignment import Agent, Role

STOP_WORD = "APPROVED"

DEFAULT_AGENTS = (
    AgentSettings(
        name="ContentManager",
        config_assignment="local1",
        system_message=(
            "You are ContentManager, the editor of a small house for poems, stories, dialogue and songs. You keep the"
            " wish of the person who asked in view: subject, form, length, language and tone. You are kind, brief and"
            " exact, and you let a text go as soon as it does what was asked."
        ),
    ),
    AgentSettings(
        name="Anthony",
        config_assignment="local2",
        system_message=(
            "You are Anthony, who writes poetry, prose and songs. You prefer the concrete to the grand: things that can"
            " be seen, heard and touched, verbs that move, one image carried through rather than five that compete. You"
            " keep to the form and the language that are asked for, and you avoid worn phrases and tidy morals."
        ),
    ),
    AgentSettings(
        name="Cindy",
        config_assignment="local3",
        system_message=(
            "You are Cindy, who writes dialogue and hears every text as it would be spoken. Your people want different"
            " things and do not say all they mean; each line shows who speaks. As a reader you notice where the tongue"
            " stumbles, where the rhythm sags and where a voice rings false."
        ),
    ),
)

_DUTIES: Mapping[Role, str] = {
    Role.WRITER: (
        "In this session you are the writer. Answer with the whole {form} and with nothing else: no greeting, no"
        " explanation. {shape} When others have commented, answer with the whole of it again, improved."
    ),
    Role.READER: (
        "In this session you are the reader. Say in at most five short lines what works in the latest draft and what"
        " should change. Do not write it anew."
    ),
    Role.EDITOR: (
        "In this session you have the last word. When the latest draft does what was asked, answer with the one word"
        f" {STOP_WORD}. Otherwise say in at most five short lines what must change. Do not write it anew."
    ),
}

_TEXT_SHAPE = "The first line is `Title: ` and a title, then comes an empty line, then the text."


def team(
    agents: Sequence[AgentSettings],
    models: Mapping[str, str],
    *,
    form: str,
    temperature: float,
    shape: str = _TEXT_SHAPE,
) -> tuple[Agent, ...]:
    """The agents in the order in which they speak: one writer, then the readers, then the editor.

    ``models`` maps slots to models. ``form`` is what is written (``haiku``, ``dialogue``). Who writes: the first
    agent with the role of a writer whose system message names the form, else the first writer, else the first agent.
    """
    found = list(agents or DEFAULT_AGENTS)
    roles = [_role(agent) for agent in found]
    writers = [number for number, role in enumerate(roles) if role is Role.WRITER]
    lead = _lead(found, writers, form)
    others = [number for number in range(len(found)) if number != lead]
    editors = [number for number in others if roles[number] is Role.EDITOR]
    editor = editors[0] if editors else (others[-1] if others else None)
    cast = [(lead, Role.WRITER)]
    cast += [(number, Role.READER) for number in others if number != editor]
    cast += [(editor, Role.EDITOR)] if editor is not None else []
    return tuple(
        _agent(found[number], role, models, _message(found[number], role, form, shape), temperature)
        for number, role in cast
    )


def approves(text: str) -> bool:
    """Whether an editor's words end the work: a line that is the stop word and nothing else but signs.

    ``TERMINATE`` counts as well, which the agents of older configurations were taught to say.
    """
    lines = ("".join(letter for letter in line if letter.isalpha()) for line in text.splitlines())
    return any(line.upper() in (STOP_WORD, "TERMINATE") for line in lines)


def _agent(agent: AgentSettings, role: Role, models: Mapping[str, str], message: str, temperature: float) -> Agent:
    return Agent(
        name=agent.name,
        role=role,
        system_message=message,
        model=models[agent.config_assignment],
        temperature=temperature if agent.temperature is None else agent.temperature,
    )


def _role(agent: AgentSettings) -> Role:
    if agent.role != "auto":
        return Role(agent.role)
    name = agent.name.casefold()
    return Role.EDITOR if "manager" in name or "editor" in name or "critic" in name else Role.WRITER


def _lead(agents: Sequence[AgentSettings], writers: Sequence[int], form: str) -> int:
    word = form.split()[-1].casefold() if form.split() else ""
    named = [number for number in writers if word and word in agents[number].system_message.casefold()]
    return next(iter([*named, *writers]), 0)


def _message(agent: AgentSettings, role: Role, form: str, shape: str) -> str:
    duty = _DUTIES[role].format(form=form or "text", shape=shape)
    return f"{agent.system_message.strip()}\n\n{duty}".strip()
