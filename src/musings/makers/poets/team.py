"""A team on AutoGen AgentChat 0.7.5: the only module that knows it, imported when a text prompt runs (ADR 10).

The models are asked through AutoGen's own OpenAI client, of which a thin subclass counts tokens and can be halted in
the middle of an answer. Whatever ends a run early (a limit, a fault, a cancellation) halts it there and lets the team
come to its regular end, because AutoGen's runtime turns an exception into a string and leaves its tasks behind.
"""

import asyncio
import functools
import math
import re
import ssl
import time
import warnings
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from typing import Any, Literal

import httpx
import openai
from autogen_agentchat.agents import AssistantAgent
from autogen_agentchat.base import ChatAgent, Team
from autogen_agentchat.conditions import FunctionalTermination
from autogen_agentchat.messages import BaseAgentEvent, BaseChatMessage, TextMessage
from autogen_agentchat.teams import RoundRobinGroupChat
from autogen_core import CancellationToken, FunctionCall
from autogen_core.models import CreateResult, LLMMessage, ModelFamily, ModelInfo, RequestUsage
from autogen_core.tools import FunctionTool, Tool, ToolSchema
from autogen_ext.models.openai import OpenAIChatCompletionClient
from pydantic import BaseModel

from musings.errors import AttemptError, PassingFault
from musings.makers.openai_errors import refusal, unreachable, upper
from musings.makers.poets.assignment import Agent, Assignment, Role, Transcript, Turn, Watch
from musings.makers.poets.drafts import visible
from musings.makers.poets.research import Research
from musings.makers.poets.server import KEY_NAME, LanguageServer

LOOK_SECONDS = 0.1
TELL_SECONDS = 0.5
EXCERPT_CHARACTERS = 600
CHARACTERS_PER_TOKEN = 4
SEED_MODULUS = 2**31  # what every server takes
_VERBS = {Role.WRITER: "writes", Role.READER: "reads", Role.EDITOR: "judges"}
_CHATTER = ("No text content or tool calls", "Received more than", "Received a chunk with", "Finish reason mismatch")


class AutoGenTeam:
    """A :class:`~musings.makers.poets.assignment.TextGenerator`. With ``research`` the agents may search the web.

    ``clock`` tells the seconds that the time limit of a run counts.
    """

    def __init__(self, research: Research | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._research = research
        self._clock = clock

    def run(self, assignment: Assignment, server: LanguageServer, watch: Watch) -> Transcript:
        for message in _CHATTER:  # what they warn of is looked at here
            warnings.filterwarnings("ignore", message=message, category=UserWarning)
        return asyncio.run(_Session(assignment, server, watch, self._research, self._clock).run())


class _Session:
    """One run, in one event loop, from the first turn to the last."""

    def __init__(
        self,
        assignment: Assignment,
        server: LanguageServer,
        watch: Watch,
        research: Research | None,
        clock: Callable[[], float],
    ) -> None:
        self.assignment = assignment
        self.server = server
        self.halted = asyncio.Event()
        self._watch = watch
        self._research = research
        self._turns: list[Turn] = []
        self._notes: list[str] = []
        self._tokens = 0
        self._ended = ""
        self._approved = False
        self._fault: BaseException | None = None
        self._clock = clock
        self._began = clock()
        self._told = float("-inf")

    async def run(self) -> Transcript:
        timeout = httpx.Timeout(self.server.timeout_seconds, connect=self.server.connect_seconds)
        http = httpx.AsyncClient(timeout=timeout, follow_redirects=True, verify=_certificates())
        models = [_Model(self, agent, http) for agent in self.assignment.agents]
        watcher = asyncio.create_task(self._look_after())
        limits, alone = self.assignment.limits, len(models) == 1
        try:
            team = RoundRobinGroupChat(
                self._participants(models),
                termination_condition=FunctionalTermination(self._is_over),
                max_turns=1 if alone else limits.turns,
            )
            async for _ in team.run_stream(task=self.assignment.task):
                pass
        finally:
            watcher.cancel()
            await asyncio.wait({watcher})
            await http.aclose()
        if self._fault is not None:
            raise self._fault
        ended = self._ended or ("the writer is done" if alone else f"the limit of {limits.turns} turns")
        return Transcript(tuple(self._turns), ended, self._approved)

    def halt(self, ended: str, fault: BaseException | None = None) -> None:
        """End the run as soon as possible. Only the first reason counts."""
        if not self.halted.is_set():
            self._ended, self._fault = ended, fault
            self.halted.set()

    def heard(self, agent: Agent, text: str) -> None:
        """A part of an answer came in; ``text`` is all of it so far."""
        tokens = self._tokens + estimated_tokens(text)
        if tokens >= self.assignment.limits.tokens:
            self.halt(f"the limit of {self.assignment.limits.tokens} tokens")
        if time.monotonic() - self._told >= TELL_SECONDS:
            self._told = time.monotonic()
            stage = f"{agent.name} {_VERBS[agent.role]}, {tokens} tokens"
            self._watch.speaking(len(self._turns), stage, visible(text)[-EXCERPT_CHARACTERS:])

    def used_tool(self, call: FunctionCall) -> None:
        self._notes.append(f"asked {call.name}({call.arguments})")

    def took_no_tools(self) -> None:
        self._notes.append("this model takes no tools, so it writes without the web")

    def said(self, agent: Agent, text: str, usage: RequestUsage | None, seconds: float, *, cut: bool) -> None:
        """An answer has ended, by itself or because the run was halted."""
        tokens = usage.completion_tokens if usage and usage.completion_tokens else estimated_tokens(text)
        self._tokens += tokens
        cut = cut or self.halted.is_set()
        turn = Turn(agent.name, agent.role, agent.model, visible(text), tokens, seconds, cut, tuple(self._notes))
        self._notes.clear()
        self._turns.append(turn)
        self._watch.said(turn)

    @property
    def tokens_left(self) -> int:
        return max(1, self.assignment.limits.tokens - self._tokens)

    def _participants(self, models: "Sequence[_Model]") -> list[ChatAgent | Team]:
        names = identifiers([model.agent.name for model in models])
        tools = [FunctionTool(self._search, "Search the web. Ask in a few words.", name="search_web")]
        return [
            AssistantAgent(
                name,
                model,
                description=model.agent.role.value,
                system_message=model.agent.system_message,
                model_client_stream=True,
                tools=list(tools) if self._research else None,
                reflect_on_tool_use=True if self._research else None,
            )
            for name, model in zip(names, models, strict=True)
        ]

    async def _search(self, query: str) -> str:
        assert self._research is not None  # noqa: S101 (the tool is given out only then)
        found = await asyncio.to_thread(self._research.search, query)
        self._notes.append(f"found {len(found)} characters")
        return found

    def _is_over(self, messages: Sequence[BaseAgentEvent | BaseChatMessage]) -> bool:
        last = self._turns[-1] if self._turns else None
        if last and last.role is Role.EDITOR and isinstance(messages[-1], TextMessage):
            self._approved = self.assignment.is_over(last.text)
        if self._approved and not self.halted.is_set():
            self._ended = "the editor approved"
        return self._approved or self.halted.is_set()

    async def _look_after(self) -> None:
        """Halts the run when its time is over, or when whoever waits for it says so."""
        limit = self.assignment.limits.seconds
        while not self.halted.is_set():
            try:
                self._watch.check()
            except AttemptError as error:
                self.halt("stopped", error)
            if self._clock() - self._began > limit:
                self.halt(f"the limit of {limit:g} s")
            await asyncio.sleep(LOOK_SECONDS)


class _Model(OpenAIChatCompletionClient):
    """AutoGen's client, counted and able to halt."""

    def __init__(self, session: _Session, agent: Agent, http: httpx.AsyncClient) -> None:
        server = session.server
        super().__init__(  # type: ignore[call-arg]  # AutoGen hands http_client on, though its types do not say so
            model=agent.model,
            api_key=server.key or "none",
            base_url=server.url,
            http_client=http,
            timeout=http.timeout,  # type: ignore[arg-type]  # nor that it may be finer than a number
            max_retries=server.max_retries,
            temperature=agent.temperature,
            seed=session.assignment.seed % SEED_MODULUS,
            add_name_prefixes=True,
            include_name_in_message=False,
            model_info=ModelInfo(
                vision=False,
                function_calling=True,
                json_output=False,
                structured_output=False,
                family=ModelFamily.UNKNOWN,
            ),
        )
        self.agent = agent
        self._session = session

    async def create_stream(
        self,
        messages: Sequence[LLMMessage],
        *,
        tools: Sequence[Tool | ToolSchema] = [],
        tool_choice: Tool | Literal["auto", "required", "none"] = "auto",
        json_output: bool | type[BaseModel] | None = None,
        extra_create_args: Mapping[str, Any] = {},
        cancellation_token: CancellationToken | None = None,
        max_consecutive_empty_chunk_tolerance: int = 0,
        include_usage: bool | None = True,
    ) -> AsyncGenerator[str | CreateResult, None]:
        """AutoGen's stream; when the run is halted it ends with what has been said so far."""
        session, began, text = self._session, time.monotonic(), ""
        result: CreateResult | None = None
        stream = super().create_stream(
            messages,
            tools=tools,
            tool_choice=tool_choice,
            json_output=json_output,
            extra_create_args={**extra_create_args, "max_tokens": session.tokens_left},
            cancellation_token=cancellation_token,
            max_consecutive_empty_chunk_tolerance=max_consecutive_empty_chunk_tolerance,
            include_usage=include_usage,
        )
        try:
            async for item in _until(session.halted, stream):
                if isinstance(item, CreateResult):
                    result = item
                    continue
                text += item
                session.heard(self.agent, text)
                yield item
        except Exception as error:  # noqa: BLE001 (kept whole and raised by the session)
            if tools and isinstance(error, openai.BadRequestError) and "tool" in str(error):
                session.took_no_tools()
                async for item in self.create_stream(messages, cancellation_token=cancellation_token):
                    yield item
                return
            session.halt("a fault", explained(error, session.server))
        if result is not None and not isinstance(result.content, str):
            for call in result.content:
                session.used_tool(call)
            yield result
            return
        cut = result is None or result.finish_reason == "length"
        text = result.content if result is not None and isinstance(result.content, str) else text
        session.said(self.agent, text, result.usage if result else None, time.monotonic() - began, cut=cut)
        usage = result.usage if result else RequestUsage(prompt_tokens=0, completion_tokens=0)
        yield CreateResult(finish_reason="stop", content=visible(text), usage=usage, cached=False)


async def _until(
    halted: asyncio.Event, stream: AsyncGenerator[str | CreateResult, None]
) -> AsyncGenerator[str | CreateResult, None]:
    """What a stream gives until it ends or the event is set; the stream is closed in both cases."""
    halt = asyncio.ensure_future(halted.wait())
    try:
        while True:
            step = asyncio.ensure_future(anext(stream))
            await asyncio.wait({step, halt}, return_when=asyncio.FIRST_COMPLETED)
            if halt.done():
                step.cancel()
                await asyncio.wait({step})
                return
            try:
                item = step.result()
            except StopAsyncIteration:
                return
            yield item
    finally:
        halt.cancel()
        await stream.aclose()


def explained(error: Exception, server: LanguageServer) -> BaseException:
    """What ended an answer, in our errors; a bug of ours is handed on as it is."""
    if isinstance(error, AttemptError):
        return error
    if isinstance(error, openai.APITimeoutError | httpx.TimeoutException):
        return PassingFault(
            f"{upper(server.who)} said nothing for {server.timeout_seconds:g} s.",
            hint="Use a smaller model, or raise backend.timeout_seconds.",
        )
    if isinstance(error, openai.APIStatusError):
        body = error.response.text if error.response.is_stream_consumed else str(error.body or error.message)
        return refusal(server.who, error.status_code, body, error.response.headers, KEY_NAME)
    if isinstance(error, openai.APIConnectionError):
        return unreachable(server.who, str(error.__cause__ or error))
    if isinstance(error, httpx.HTTPError | openai.APIError):
        return PassingFault(f"{upper(server.who)} broke off in the middle of an answer ({error}).", log=repr(error))
    if isinstance(error, ValueError):
        return PassingFault(f"{upper(server.who)} answered with something that is no JSON ({error}).", log=repr(error))
    return error


@functools.cache
def _certificates() -> ssl.SSLContext:
    """Read once: a megabyte and 20 ms that each run would pay otherwise."""
    return httpx.create_ssl_context()


def estimated_tokens(text: str) -> int:
    """About how many tokens a text has, for servers that do not count."""
    return math.ceil(len(text) / CHARACTERS_PER_TOKEN)


def identifiers(names: Sequence[str]) -> list[str]:
    """The names as AutoGen takes them: Python identifiers, no two alike."""
    found: list[str] = []
    for name in names:
        plain = re.sub(r"\W", "_", name) or "agent"
        plain = plain if plain.isidentifier() else f"_{plain}"
        number = 1
        while (unique := plain if number == 1 else f"{plain}_{number}") in found:
            number += 1
        found.append(unique)
    return found
