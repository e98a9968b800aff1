"""Words for places on a body, from where a mark stands. Left and right are the person's own.

A figure is drawn in a field of 100 by 240 units; a place is kept as parts of 1000 of its width and height.
"""

from __future__ import annotations

from therapydesk.api import tr

WIDTH, HEIGHT = 100.0, 240.0
SIDES = ("front", "back")
MIDDLE = 50.0
# the right half of the outline from the neck down, as seen: shoulder, arm, hand, back up to the armpit, side, leg, foot
OUTLINE = (
    (55, 33), (56, 41), (64, 45), (72, 50), (77, 62), (80, 80), (83, 98), (87, 117), (89, 130), (92, 140),
    (91, 150), (87, 153), (84, 146), (84, 131), (79, 117), (75, 99), (71, 82), (68, 68), (67, 82), (65, 98),
    (68, 114), (70, 134), (67, 164), (66, 184), (61, 212), (64, 223), (62, 230), (55, 229), (54, 212),
    (54, 186), (54, 166), (52, 142), (50, 126),
)  # fmt: skip
HEAD = (50.0, 19.0, 12.0, 16.0)  # middle and half axes


def place_words(side: str, x: int, y: int) -> str:
    """Where a mark stands: "left forearm, front". `x` and `y` are parts of 1000."""
    across, down = x * WIDTH / 1000, y * HEIGHT / 1000
    front = side == "front"
    whole = _middle_words(across - MIDDLE, down, front)
    if whole:
        return tr("{place}, front").format(place=whole) if front else tr("{place}, back").format(place=whole)
    left = (across > MIDDLE) == front
    part = _arm_words(down) if _is_arm(across, down) else _leg_words(down)
    if not part:
        return tr("beside the body, front") if front else tr("beside the body, back")
    side_word = tr("left {part}") if left else tr("right {part}")
    words = side_word.format(part=part)
    return tr("{place}, front").format(place=words) if front else tr("{place}, back").format(place=words)


def _middle_words(off: float, down: float, front: bool) -> str:
    """Head and trunk, which have no left and right of their own here; empty elsewhere."""
    off = abs(off)
    if down < 35 and off < 14:
        return tr("face") if front and down > 10 else tr("head")
    if down < 44 and off < 9:
        return tr("throat") if front else tr("neck")
    if 44 <= down < 126 and off < (9 if down >= 104 else 17 if down > 90 else 19):
        if down < 80:
            return tr("chest") if front else tr("upper back")
        if down < 104:
            return tr("belly") if front else tr("lower back")
        return tr("lower belly") if front else tr("buttocks")
    return ""


def _is_arm(across: float, down: float) -> bool:
    off = abs(across - MIDDLE)
    return 42 <= down < 158 and off > (13 if down < 56 else 17 + max(0.0, (down - 68) / 6))


def _arm_words(down: float) -> str:
    if down < 58:
        return tr("shoulder")
    if down < 94:
        return tr("upper arm")
    if down < 104:
        return tr("elbow")
    if down < 127:
        return tr("forearm")
    return tr("wrist") if down < 135 else tr("hand")


def _leg_words(down: float) -> str:
    if down < 104 or down > 236:
        return ""
    if down < 126:
        return tr("hip")
    if down < 158:
        return tr("thigh")
    if down < 172:
        return tr("knee")
    if down < 206:
        return tr("lower leg")
    return tr("ankle") if down < 216 else tr("foot")
