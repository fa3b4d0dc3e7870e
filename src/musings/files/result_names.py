"""What a file that a prompt made is called outside of its media root."""

from pathlib import PurePosixPath

MOST_CHARACTERS = 150


def result_name(prompt_id: int, artifact_id: int, file_path: str) -> str:
    """A plain file name, of its own for each artifact of a server, whatever ``file_path`` holds."""
    last = PurePosixPath(file_path.replace("\\", "/")).name
    plain = "".join(sign if sign.isprintable() else "_" for sign in last)[-MOST_CHARACTERS:]
    return f"{prompt_id}-{artifact_id}-{plain or 'file'}"


def writing_name(prompt_id: int) -> str:
    """The same for the text that a prompt made."""
    return f"{prompt_id}-writing.md"
