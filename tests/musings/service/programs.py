"""Settings in hard places, and the programs that a service runs with them."""

import sys
from pathlib import Path

from musings.config.settings import Settings, load
from musings.service import unit

HARD = 'with spaces, 100%n $HOME "quotes" \\ and --dashes & <tags>'


def settings_in(folder: Path, text: str = "{}") -> Settings:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "poets_cron_config.json"
    file.write_text(text)
    return load(file, {}, folder)


def programs_of(settings: Settings, checkout: Path = Path("/nowhere")) -> tuple[unit.Program, ...]:
    return unit.programs(settings, Path(sys.executable), checkout)
