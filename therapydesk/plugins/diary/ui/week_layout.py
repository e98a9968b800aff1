"""Where things are in the grid, in days and minutes.

Sessions beside one another, runs of one room. No painting.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from therapydesk.api import appointments

STEP = 15


@dataclass(frozen=True)
class Block:
    """A session or a planned one in a day: minutes of the day, and its lane among those at the same time."""

    day: date
    start: int
    end: int
    view: appointments.AppointmentView | None
    lane: int = 0
    lanes: int = 1
    heading: str = ""
    second: str = ""
    room: str = ""

    @property
    def key(self) -> UUID | None:
        """The session's id; None for one that is not booked yet."""
        return self.view.id if self.view is not None else None

    @property
    def planned(self) -> bool:
        """Whether it is not booked yet."""
        return self.view is None


@dataclass(frozen=True)
class Strip:
    """A room used without another one between."""

    day: date
    start: int
    end: int
    room: str


def minute_of(moment: datetime, day: date) -> int:
    """Minutes from the start of `day`, by the wall clock, kept within it."""
    return min(max(round((moment - datetime.combine(day, time())).total_seconds() / 60), 0), 24 * 60)


def moment_of(day: date, minute: int) -> datetime:
    """The moment of a minute of a day."""
    return datetime.combine(day, time()) + timedelta(minutes=minute)


def lay_out(views: Sequence[appointments.AppointmentView], planned: Sequence[Block] = ()) -> list[Block]:
    """Blocks by day and time; those that overlap stand side by side in lanes."""
    blocks = [
        Block(
            v.starts_at.date(),
            minute_of(v.starts_at, v.starts_at.date()),
            _end(v),
            v,
            heading=v.heading,
            room=v.room,
        )
        for v in views
    ]
    blocks = sorted([*blocks, *planned], key=lambda b: (b.day, b.start, b.end, b.heading))
    placed: list[Block] = []
    group: list[Block] = []
    until = (date.min, 0)
    for block in blocks:
        if (block.day, block.start) >= until and group:
            placed += _in_lanes(group)
            group = []
        if not group or block.day != until[0]:
            until = (block.day, block.end)
        group.append(block)
        until = (block.day, max(until[1], block.end))
    return placed + _in_lanes(group)


def _end(view: appointments.AppointmentView) -> int:
    day = view.starts_at.date()
    return max(minute_of(view.ends_at, day), minute_of(view.starts_at, day) + STEP)


def _in_lanes(group: Sequence[Block]) -> list[Block]:
    ends: list[int] = []
    lanes: list[int] = []
    for block in group:
        free = next((n for n, end in enumerate(ends) if end <= block.start), len(ends))
        if free == len(ends):
            ends.append(0)
        ends[free] = block.end
        lanes.append(free)
    return [
        Block(b.day, b.start, b.end, b.view, lane, len(ends), b.heading, b.second, b.room)
        for b, lane in zip(group, lanes, strict=True)
    ]


def room_strips(blocks: Sequence[Block]) -> list[Strip]:
    """The rooms down each day: one strip for sessions that follow one another in the same room."""
    strips: list[Strip] = []
    for block in sorted(blocks, key=lambda b: (b.day, b.start)):
        if not block.room:
            continue
        last = strips[-1] if strips and strips[-1].day == block.day else None
        if last is not None and last.room == block.room:
            strips[-1] = Strip(block.day, last.start, max(last.end, block.end), block.room)
        elif last is None or block.start >= last.end:
            strips.append(Strip(block.day, block.start, block.end, block.room))
    return strips


def grow_strips(strips: Sequence[Strip], need: dict[str, int], first: int, last: int) -> list[Strip]:
    """The strips made long enough for their names (`need`, in minutes) where no other strip is in the way."""
    grown: list[Strip] = []
    for number, strip in enumerate(strips):
        before = grown[-1].end if grown and grown[-1].day == strip.day else first
        following = strips[number + 1] if number + 1 < len(strips) else None
        after = following.start if following is not None and following.day == strip.day else last
        lacking = max(0, need.get(strip.room, 0) - (strip.end - strip.start))
        up = min(strip.start - before, lacking // 2)
        down = min(after - strip.end, lacking - up)
        up = min(strip.start - before, lacking - down)
        grown.append(Strip(strip.day, strip.start - max(0, up), strip.end + max(0, down), strip.room))
    return grown


def hours_shown(
    views: Sequence[appointments.AppointmentView], first: int, last: int, more: int = 3
) -> tuple[int, int]:
    """First and last hour of the grid: the usual hours, some evening, and whatever has a session."""
    starts = [v.starts_at.hour for v in views]
    ends = [-(-_end(v) // 60) for v in views]
    return min([first, *starts]), min(24, max([last + more, *ends]))
