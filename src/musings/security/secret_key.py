"""A key of this installation: 256 random bits in a file that only its owner may read, made when it is first needed.

It stands beside the database and not in it, so that who gets a backup of the rows cannot sign anything.
"""

import contextlib
import secrets
from pathlib import Path

from musings.errors import ConfigError, StoreError
from musings.files import atomic

FEWEST_CHARACTERS = 32
KEY_BYTES = 32


class SecretKey:
    """``file`` is where the key is kept unless ``given`` is the key itself; without either it lives in memory.

    ``variable`` is what gives it in the environment. Raises ``ConfigError`` for a given key that is too short.
    """

    def __init__(self, file: Path | None, given: str | None, variable: str) -> None:
        if given is not None and len(given) < FEWEST_CHARACTERS:
            raise ConfigError(
                f"{variable} has {len(given)} characters; it needs {FEWEST_CHARACTERS} at least.",
                hint='Take the output of `python3 -c "import secrets; print(secrets.token_hex(32))"`.',
            )
        self._file = file
        self._variable = variable
        self._given = (given or ("" if file else secrets.token_hex(KEY_BYTES))).encode() or None

    def read(self) -> bytes:
        """The key. Raises ``StoreError`` where its file can be neither read nor written."""
        if self._given is not None or self._file is None:
            return self._given or b""
        try:
            return self._file.read_bytes()
        except FileNotFoundError:
            self._write(self._file, replace=False)
            return self._file.read_bytes()
        except OSError as error:
            raise StoreError(f"The signing key {self._file} cannot be read: {error.strerror}.") from error

    def renew(self) -> None:
        """Make a new key, which ends what the old one signed. Raises ``ConfigError`` for one of the environment."""
        if self._given is not None or self._file is None:
            raise ConfigError(f"The signing key comes from {self._variable}.", hint="Change it there.")
        self._write(self._file, replace=True)

    def _write(self, file: Path, *, replace: bool) -> None:
        """A new key, whole or not at all. Of two programs that make the first one, both use that of the first."""
        made = secrets.token_hex(KEY_BYTES).encode("ascii")
        try:
            with contextlib.suppress(FileExistsError):
                atomic.write(file, made, mode=0o600, replace=replace)
        except OSError as error:
            raise StoreError(
                f"The signing key {file} cannot be written: {error.strerror}.",
                hint=f"Give this user the right to write the folder, or set {self._variable}.",
            ) from error
