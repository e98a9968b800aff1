"""What the worker takes away from itself before it looks at a file (security §8)."""

from __future__ import annotations

import contextlib
import os
import sys
import sysconfig
from dataclasses import dataclass

MiB = 1024 * 1024
MAX_FILE = 20 * MiB
MAX_REPLY = 96 * MiB


@dataclass(frozen=True)
class Limits:
    """Memory in bytes, processor time and time on the clock in seconds."""

    memory: int = 512 * MiB
    cpu: int = 8
    wall: float = 10.0


def limit_self(limits: Limits) -> None:
    """Bind this process to the limits, for good. Raises OSError or ValueError where that fails."""
    if sys.platform == "win32":
        _limit_windows(limits)
    else:
        _limit_posix(limits)


if sys.platform != "win32":

    def _limit_posix(limits: Limits) -> None:
        import resource

        hard = {
            resource.RLIMIT_CORE: (0, 0),
            resource.RLIMIT_FSIZE: (0, 0),
            resource.RLIMIT_NOFILE: (64, 64),
            resource.RLIMIT_NPROC: (0, 0),
            resource.RLIMIT_CPU: (limits.cpu, limits.cpu + 1),
        }
        for kind, pair in hard.items():
            resource.setrlimit(kind, pair)
        # macOS refuses an RLIMIT_AS below what is mapped at the start; the other limits hold there.
        with (
            contextlib.suppress(ValueError, OSError) if sys.platform == "darwin" else contextlib.nullcontext()
        ):
            resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))

else:
    import ctypes
    from ctypes import wintypes

    class _Basic(ctypes.Structure):
        _fields_ = (
            ("PerProcessUserTimeLimit", ctypes.c_int64),
            ("PerJobUserTimeLimit", ctypes.c_int64),
            ("LimitFlags", wintypes.DWORD),
            ("MinimumWorkingSetSize", ctypes.c_size_t),
            ("MaximumWorkingSetSize", ctypes.c_size_t),
            ("ActiveProcessLimit", wintypes.DWORD),
            ("Affinity", ctypes.c_size_t),
            ("PriorityClass", wintypes.DWORD),
            ("SchedulingClass", wintypes.DWORD),
        )

    class _Extended(ctypes.Structure):
        _fields_ = (
            ("BasicLimitInformation", _Basic),
            ("IoInfo", ctypes.c_uint64 * 6),
            ("ProcessMemoryLimit", ctypes.c_size_t),
            ("JobMemoryLimit", ctypes.c_size_t),
            ("PeakProcessMemoryUsed", ctypes.c_size_t),
            ("PeakJobMemoryUsed", ctypes.c_size_t),
        )

    def _limit_windows(limits: Limits) -> None:
        """Put this process into a Job Object of its own: memory, processor time, no second process."""
        process_time, active_process, process_memory, die_quietly = 0x2, 0x8, 0x100, 0x400
        extended_information = 9
        info = _Extended()
        info.BasicLimitInformation.LimitFlags = process_time | active_process | process_memory | die_quietly
        info.BasicLimitInformation.PerProcessUserTimeLimit = limits.cpu * 10_000_000
        info.BasicLimitInformation.ActiveProcessLimit = 1
        info.ProcessMemoryLimit = limits.memory
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.CreateJobObjectW.restype = wintypes.HANDLE
        kernel.GetCurrentProcess.restype = wintypes.HANDLE
        job = wintypes.HANDLE(kernel.CreateJobObjectW(None, None))
        here = wintypes.HANDLE(kernel.GetCurrentProcess())
        done = kernel.SetInformationJobObject(
            job, extended_information, ctypes.byref(info), ctypes.sizeof(info)
        )
        if not done or not kernel.AssignProcessToJobObject(job, here):
            raise ctypes.WinError(ctypes.get_last_error())


_FORBIDDEN = (
    *("socket.", "subprocess.", "shutil.", "ctypes.", "ftplib.", "http.", "smtplib.", "urllib.", "sqlite3."),
    *("os.fork", "os.exec", "os.posix_spawn", "os.spawn", "os.system", "os.startfile", "os.kill", "pty."),
    *("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate"),
    *("os.chmod", "os.chown", "os.chflags", "os.utime", "os.putenv", "os.setxattr"),
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def shut_doors(root: str, file: str = "") -> None:
    """From here on: no sockets, no other processes, no writing, and no reading but of the program itself, and of `file`.

    An audit hook cannot be taken off again. `root` is the folder that holds the package.
    """
    for name in ("socket", "_socket", "ssl", "_ssl"):
        sys.modules[name] = None  # type: ignore[assignment]  # None makes the import fail, see importlib
    zones = (sysconfig.get_config_var("TZPATH") or "").split(os.pathsep)
    own = os.path.join(root, "therapydesk")
    elsewhere = [path for path in sys.path if os.path.realpath(path) != os.path.realpath(root)]
    homes = (own, sys.prefix, sys.base_prefix, os.path.dirname(os.__file__), *elsewhere, *zones)
    allowed = tuple({os.path.join(os.path.realpath(home), "") for home in homes if os.path.isabs(home)})
    listed = (*allowed, os.path.join(os.path.realpath(root), ""))

    def _may_read(path: str) -> bool:
        return path.startswith(allowed) or (bool(file) and path == os.path.realpath(file))

    def refuse(event: str, args: tuple[object, ...]) -> None:
        if event == "open":
            path, mode, flags = args
            writes = isinstance(mode, str) and any(letter in mode for letter in "wax+")
            if writes or (isinstance(flags, int) and flags & _WRITING):
                raise PermissionError("the parsing worker writes nothing")
            if isinstance(path, (str, bytes)) and not _may_read(os.path.realpath(os.fsdecode(path))):
                raise PermissionError("the parsing worker reads nothing else")
        elif event in ("os.listdir", "os.scandir"):
            folder = os.path.realpath(args[0]) if isinstance(args[0], str) else ""
            if not os.path.join(folder, "").startswith(allowed) and os.path.join(folder, "") not in listed:
                raise PermissionError("the parsing worker looks nowhere else")
        elif event.startswith(_FORBIDDEN):
            raise PermissionError("the parsing worker does not do this")

    sys.addaudithook(refuse)
