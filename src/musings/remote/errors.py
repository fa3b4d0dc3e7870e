"""What can go wrong between a client and its server, beside the errors that both know (``musings.errors``)."""

from musings.errors import MusingsError, UnreachableError, UsageError


class ServerUnavailable(UnreachableError):
    """No answer, or one that says "not now", for longer than the client's patience.

    ``retry_after``: how many seconds the server said to wait, if it did.
    """

    def __init__(self, message: str, *, hint: str | None = None, retry_after: float | None = None) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class TooManyRequests(ServerUnavailable):
    pass


class AccessRefused(UsageError):
    """``status`` is 401 where the server does not know the caller, 403 where the caller may not do this."""

    def __init__(self, message: str, *, status: int, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.status = status


class RequestTooLarge(UsageError):
    pass


class ServerMismatch(UsageError):
    pass


class StillWorking(MusingsError):
    """``prompt_id`` names the prompt that was waited for."""

    def __init__(self, message: str, *, prompt_id: int) -> None:
        super().__init__(message, hint="It goes on; wait for it again, or look at it later.")
        self.prompt_id = prompt_id
