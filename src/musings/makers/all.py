"""The list of makers. To add one, write it (``makers/base.py`` says what it needs) and give it a line here."""

from collections.abc import Sequence

from musings.config.settings import Settings
from musings.late import importing
from musings.makers.base import Maker, MakerList
from musings.makers.sketch_entry import SketchMaker
from musings.makers.speech.aloud import AloudDecorator
from musings.makers.speech.entry import SpeechServerMaker


def open_makers(settings: Settings | None) -> MakerList:
    """Every maker of these settings, and what goes around them; without settings what needs none.

    The HTTP clients and the readers of workflow files are imported here and not before.
    """
    if settings is None:
        return MakerList((SketchMaker(),), (AloudDecorator(),))
    with importing():
        from musings.makers.poets.enhance import EnhanceDecorator
        from musings.makers.poets.entry import PoetsMaker
        from musings.makers.poets.written import WritingDecorator

    poets = PoetsMaker(settings)
    return MakerList(
        makers=(
            *_file_makers(settings),
            poets,
            SpeechServerMaker(settings),
            SketchMaker(),
        ),
        decorators=(WritingDecorator(), EnhanceDecorator(poets.poets), AloudDecorator()),
    )


def _file_makers(settings: Settings) -> Sequence[Maker]:
    """What runs workflow files, all from one library; nothing while media is switched off."""
    if not settings.media.enabled:
        return ()
    with importing():
        from musings.makers.comfyui.entry import ComfyUIMaker
        from musings.makers.script.entry import ScriptMaker

    comfyui = ComfyUIMaker(settings)
    return comfyui, ScriptMaker(settings, comfyui.files)
