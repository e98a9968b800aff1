"""Lock and screen saver under macOS, as notifications that every program may hear. Written from what is known of them, since
Apple documents the names nowhere; never run yet. Sleep and switching of users come with a lock of the screen, or with the
gap in time that `LockWatch` looks for.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

NAMES = ("com.apple.screenIsLocked", "com.apple.screensaver.didstart")
UTF8, AT_ONCE = 0x08000100, 4
_kept: list[object] = []  # what the system calls must not be thrown away


def listen(lock: Callable[[], object]) -> int:
    """Listen; returns how many notifications can be heard (0 elsewhere, or when the system has no such centre)."""
    if sys.platform != "darwin":
        return 0
    import ctypes

    foundation = ctypes.CDLL("/System/Library/Frameworks/CoreFoundation.framework/CoreFoundation")
    pointer = ctypes.c_void_p
    told = ctypes.CFUNCTYPE(None, pointer, pointer, pointer, pointer, pointer)
    foundation.CFNotificationCenterGetDistributedCenter.restype = pointer
    foundation.CFStringCreateWithCString.restype = pointer
    foundation.CFStringCreateWithCString.argtypes = [pointer, ctypes.c_char_p, ctypes.c_uint32]
    foundation.CFNotificationCenterAddObserver.argtypes = [
        *(pointer, pointer, told, pointer, pointer),
        ctypes.c_long,
    ]
    centre = foundation.CFNotificationCenterGetDistributedCenter()
    if not centre:
        return 0
    call = told(lambda *_what: lock() and None)
    _kept.append(call)
    for name in NAMES:
        text = foundation.CFStringCreateWithCString(None, name.encode(), UTF8)
        foundation.CFNotificationCenterAddObserver(centre, None, call, text, None, AT_ONCE)
    return len(NAMES)
