"""What is said of backups: how old the newest is, where a folder lies, what a restore would lose."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from therapydesk.api import local_now, ntr, show_day, show_time, to_local, today, tr, zone_heading

if TYPE_CHECKING:
    from therapydesk.core.vault.backup import Outcome
    from therapydesk.core.vault.backup_state import Age, Ages
    from therapydesk.core.vault.backup_targets import Kept

TONES = {"ok": "text_muted", "amber": "warn", "red": "danger"}
SHAPES = {"ok": ("full", "ok"), "amber": ("half", "warn"), "red": ("square", "danger")}


def moment(made: datetime) -> str:
    """ "Wed 25 Nov 2026, 08:15"."""
    local = to_local(made)
    return tr("{day}, {time}").format(day=show_day(local.date()), time=show_time(local.time()))


def status_words(ages: Ages) -> str:
    """The few words of the status bar: of the zone whose last verified backup is the oldest."""
    if ages.failures:
        return tr("Backup failed")
    made = [age.made for age in ages.zones if age.made is not None]
    if len(made) < len(ages.zones):
        return tr("Not all is backed up yet") if made else tr("No backup yet")
    oldest = to_local(min(made))
    days = (today() - oldest.date()).days
    if days <= 0:
        return tr("Backed up today {time}").format(time=show_time(oldest.time()))
    return ntr("Backed up {n} day ago", "Backed up {n} days ago", days)


def age_words(age: Age) -> str:
    """What is known of the backup of one zone."""
    part = zone_heading(age.zone)
    if age.made is None:
        return tr("{part}: no backup that was opened and checked yet").format(part=part)
    text = tr("{part}: backed up {moment}, opened again and checked")
    return text.format(part=part, moment=moment(age.made))


def place_words(where: str) -> str:
    """What kind of place a folder is."""
    words = {
        "missing": tr("Not there now. Plug it in, or take it off this list."),
        "same_disk": tr("In this computer. A copy here goes with it when it is lost or breaks."),
        "other_disk": tr("Another disk. Unplug it when it is not needed."),
        "cloud": tr("A folder that is copied to the cloud. The copies there stay sealed."),
        "network": tr("On the network."),
    }
    return words[where]


def made_words(outcomes: Sequence[Outcome]) -> str:
    """What came of a backup in all folders that went well."""
    good = [each.made for each in outcomes if each.made is not None]
    size = sum(made.size for made in good)
    text = ntr(
        "Backed up in one folder, opened again from there and read: {size}.",
        "Backed up in {n} folders, opened again from there and read: {size}.",
        len(good),
    )
    return text.format(size=size_words(size))


def size_words(size: int) -> str:
    """The size of a file."""
    return (
        tr("{n} MB").format(n=f"{size / 1e6:,.1f}")
        if size < 1e9
        else tr("{n} GB").format(n=f"{size / 1e9:,.1f}")
    )


def kept_words(kept: Kept) -> str:
    """What a backup says of itself."""
    if kept.made is None:
        return tr("Cannot be used: {why}").format(why=kept.trouble)
    ago = (local_now().date() - to_local(kept.made).date()).days
    when = ntr("{n} day ago", "{n} days ago", ago) if ago else tr("today")
    return tr("{when}, {size}").format(when=when, size=size_words(kept.size))
