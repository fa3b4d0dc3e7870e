"""The choice of a workflow for a prompt, from its submission to the pipeline that runs it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from musings.config.settings import Settings
from musings.errors import ConflictError, Fault, InvalidInputError, NotFoundError
from musings.makers.all import open_makers
from musings.makers.base import Checked, Chosen, MakerList, Resolved, Wanted, Workflow
from musings.makers.defaults import Defaults, KindDefaults, NoDefaults
from musings.makers.parameters import drawn, values_for
from musings.makers.registry import Registry
from musings.models import FormField, Kind, Prompt, WorkflowVersion, serves


class Makers(Registry):
    """Every workflow that can be used, and which pipeline runs it.

    ``opened`` are the makers that serve in place of those of the settings. ``versions`` finds a workflow file as it
    was at an earlier attempt, by its hash. ``defaults`` is where the defaults of the kinds are kept. ``meant`` finds
    the version of a workflow, by its name, whose nodes its sidecar means.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        opened: MakerList | None = None,
        versions: Callable[[str], WorkflowVersion | None] = lambda _hash: None,
        defaults: Defaults | None = None,
        meant: Callable[[str], WorkflowVersion | None] = lambda _name: None,
    ) -> None:
        super().__init__(
            partial(_recalling, meant, partial(open_makers, settings) if opened is None else lambda: opened)
        )
        self._versions = versions
        self._kept = defaults or NoDefaults()

    def workflows(self) -> list[Workflow]:
        """All workflows; the first of a kind is the one that serves a prompt that names none."""
        found, defaults = self.offered(), self._defaults()
        names = {kind: defaults.find(kind, _names(kind, found)) for kind in Kind}
        marked = [replace(each, default=names[each.kind] == each.name) for each in found]
        # Sorting keeps the order of ranks among the rest.
        return sorted(marked, key=lambda each: not each.default)

    def makers(self, kind: Kind) -> dict[str | None, str]:
        """What a prompt of a kind waits for when several run at a time, by the workflow that it names.

        None is for those that name none: their default's, or the kind where that is found out when they run.
        """
        mine = [each for each in self.offered() if serves(each.kind, kind)]
        # Reversed, so that of two with one name the first counts.
        slots: dict[str | None, str] = {each.name: each.slot or each.source for each in reversed(mine)}
        # No server is asked here: this is called for every claim.
        default = None if self._unnamed(kind) is not None else self._defaults().find(kind, _names(kind, mine))
        return {**slots, None: kind.value if default is None else slots[default]}

    def hashes(self) -> dict[str, str]:
        """The hash of each workflow's file as it is now, by the workflow's name."""
        return {each.name: each.hash for each in self.offered() if each.hash is not None}

    def default_of(self, kind: Kind) -> str:
        """The workflow that serves prompts of a kind that name none. No server is waited for."""
        return self._default_of(kind, self.offered())

    def fixed(self, kind: Kind) -> str | None:
        """The workflow that the configuration names for a kind, which no other default overrules; None without."""
        return self._defaults().configured(kind)

    def check_default(self, name: str) -> Workflow:
        """The workflow of a name, which may become its kind's default.

        Raises ``NotFoundError``, and ``ConflictError`` for one that cannot be used, or where the configuration names
        another.
        """
        found = next((each for each in self.offered() if each.name == name), None)
        if found is None:
            raise NotFoundError(f"There is no workflow {name!r}.", hint="See `musings workflows list`.")
        if found.is_file and self._unnamed(found.kind) is not None:
            raise ConflictError(
                f"{name} cannot be the default: texts that name no workflow are written by a poet.",
                hint=f"Name it with each prompt: --workflow {name}.",
            )
        fixed = self.fixed(found.kind)
        if fixed is not None and fixed != name:
            raise ConflictError(
                f"The configuration names {fixed} for {found.kind} prompts (media.scripts.{found.kind}), which counts.",
                hint="Set that to null first.",
            )
        if found.problem is not None and found.is_file:
            raise ConflictError(f"The workflow {name} cannot be used: {found.problem}")
        return found

    def resolve(self, kind: Kind, workflow: str | None) -> Resolved:
        """What a prompt of a kind is submitted with.

        Raises ``InvalidInputError`` for an unknown name, and for a named workflow with a problem that no server will
        mend. The first workflow of a kind that can be used becomes its default here, and stays it.
        """
        if workflow is None and (form := self._unnamed(kind)) is not None:
            return Resolved(None, form)
        found = self.offered()
        mine = _named(kind, workflow or self._default_of(kind, found, settle=True), found)
        if not mine.is_file:
            return Resolved(mine.name, mine.form, takes_text=mine.takes_text)
        if mine.problem is not None:
            if workflow is not None and not mine.unread:
                raise InvalidInputError([Fault("workflow", f"{mine.name} cannot be used: {mine.problem}")])
            # It fails or waits at its turn: a server that comes back may make it readable.
            return Resolved(None, None, takes_text=mine.takes_text)
        version = self.pin(mine.name)
        return Resolved(mine.name if version is not None else None, mine.form, version, mine.takes_text)

    def latest_of(self, prompt: Prompt) -> WorkflowVersion | None:
        """The file of the workflow that a prompt was submitted with as it is now; None where it is no file, or gone."""
        # By the version it was submitted with: the file may have been renamed since.
        pinned = self._versions(prompt.workflow_hash) if prompt.workflow_hash is not None else None
        name = pinned.name if pinned is not None else prompt.workflow
        return self.pin(name) if name is not None else None

    def form(self, kind: Kind, workflow: str | None) -> Sequence[FormField]:
        """The form of a workflow, or of the kind's default. Raises ``InvalidInputError`` for an unknown name."""
        if workflow is None and (form := self._unnamed(kind)) is not None:
            return form
        found = self.offered()
        return _named(kind, workflow or self._default_of(kind, found), found).form

    def choose(self, kind: Kind, prompt: Prompt) -> Chosen:
        """What runs a prompt, with which values.

        Raises ``InvalidInputError`` for an unknown workflow and for values that its form refuses; else as
        ``Maker.choose``.
        """
        wanted = self._wanted(kind, prompt)
        for maker in self._makers:
            chosen = maker.choose(wanted)
            if chosen is not None:
                break
        else:
            raise _unknown(kind, str(wanted.name), self.offered())
        # Around what was chosen, whoever chose it: a writer before a picture, for example.
        for decorator in self._decorators:
            chosen = decorator.around(chosen, kind, prompt)
        # Last: a decorator may have added fields to the form.
        return replace(chosen, values=values_for(chosen, prompt), drawn=drawn(chosen, prompt))

    def check_words(self, workflow: str | None) -> Checked:
        """Who would write a text that names this workflow, or none."""
        name = workflow or self._by_default(Kind.TEXT)
        found = self.rehearse(Wanted(Kind.TEXT, name, named=workflow is not None))
        if found is None:
            raise _unknown(Kind.TEXT, str(name), self.offered())
        return found

    def _wanted(self, kind: Kind, prompt: Prompt) -> Wanted:
        pinned = self._pinned(prompt.workflow_hash)
        name = prompt.workflow or self._by_default(kind, submitted_with=prompt.instructions.workflow)
        return Wanted(kind, name, pinned, named=prompt.workflow is not None)

    def _by_default(self, kind: Kind, *, submitted_with: object = None) -> str | None:
        """The default that a prompt was submitted with while that is there, else the default as it is now.

        Where it is found out when it runs who makes it: whom the owner chose, or None for whoever can.
        """
        found = self.offered()
        names = _names(kind, found)
        if self._unnamed(kind) is not None:
            owners = self._defaults().by_owner(kind)
            return owners if owners in names else None
        # The default of that time, so that a new file does not change what waiting prompts become.
        if isinstance(submitted_with, str) and submitted_with in names:
            return submitted_with
        return self._default_of(kind, found, settle=True)

    def _default_of(self, kind: Kind, found: Sequence[Workflow], *, settle: bool = False) -> str:
        names = _names(kind, found)
        defaults = self._defaults()
        name = defaults.find(kind, names, wait=True, keep=self._kept.settle) if settle else defaults.find(kind, names)
        if name is None:
            raise InvalidInputError([Fault("prompt_type", f"nothing here makes {kind} prompts")])
        return name

    def _defaults(self) -> KindDefaults:
        return KindDefaults(self._makers, self._kept.read())

    def _unnamed(self, kind: Kind) -> Sequence[FormField] | None:
        forms = (maker.unnamed(kind) for maker in self._makers)
        return next((form for form in forms if form is not None), None)

    def _pinned(self, wanted: str | None) -> WorkflowVersion | None:
        if wanted is None:
            return None
        version = self._versions(wanted)
        # Not replaced by today's file: the prompt was submitted with another one.
        if version is None:
            raise NotFoundError(f"The workflow with the hash {wanted[:12]}… was not kept, so it cannot run again.")
        return version


def _recalling(meant: Callable[[str], WorkflowVersion | None], open_list: Callable[[], MakerList]) -> MakerList:
    """The makers, as they are opened, with what they are to recall."""
    found = open_list()
    for maker in found.makers:
        maker.recall(meant)
    return found


def _names(kind: Kind, found: Sequence[Workflow]) -> list[str]:
    return [each.name for each in found if each.kind is kind]


def _named(kind: Kind, name: str, found: Sequence[Workflow]) -> Workflow:
    mine = next((each for each in found if serves(each.kind, kind) and each.name == name), None)
    if mine is None:
        raise _unknown(kind, name, found)
    return mine


def _unknown(kind: Kind, workflow: str, found: Sequence[Workflow]) -> InvalidInputError:
    names = ", ".join(_names(kind, found))
    fault = Fault("workflow", f"there is no workflow {workflow[:100]!r} for {kind} prompts; there are: {names}")
    return InvalidInputError([fault])
