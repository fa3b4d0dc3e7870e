"""How glibc keeps memory that was given back, in a process with many short threads."""

import ctypes
import platform

ARENAS = 2
# ``M_ARENA_MAX`` of ``mallopt(3)``, as in ``malloc.h``.
_M_ARENA_MAX = -8


def few_arenas() -> bool:
    """Have all threads share two heaps; whether that could be set. To be called before threads begin.

    By default up to eight for each processor: every attempt has a thread of its own, and each heap keeps what the
    largest attempt needed that ever used it. One lock of the interpreter lets them compute one after another anyway.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    return bool(ctypes.CDLL(None).mallopt(_M_ARENA_MAX, ARENAS))


def give_back() -> bool:
    """Hand what was freed back to the system, from any thread; whether there was anything to hand back.

    After a large attempt. glibc by itself keeps up to 64 MB at the end of a heap, and all that is free before it.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    return bool(ctypes.CDLL(None).malloc_trim(0))
