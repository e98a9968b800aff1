"""What must be known after unlocking: one sentence at a time in the message bar, the gravest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from therapydesk.api import UserError, may, now, ntr, show_day, show_instant, tr, zone_title
from therapydesk.core.permissions import keys_missing
from therapydesk.core.vault import backup_schedule
from therapydesk.core.vault.check import Finding
from therapydesk.core.vault.files_kept import remove_orphans
from therapydesk.core.vault.weekly import check_due
from therapydesk.ui.kit.messages import MessageBar
from therapydesk.ui.shell.log_watch import LogWatch, news_of_log
from therapydesk.ui.shell.news_of_drafts import news_of_drafts
from therapydesk.ui.shell.news_teller import News, NewsTeller

if TYPE_CHECKING:
    from therapydesk.core.jobs import Job
    from therapydesk.core.plugins import Plugins
    from therapydesk.core.vault.outbox import Waiting
    from therapydesk.core.vault.vault import Vault
    from therapydesk.ui.kit.desk import Desk

OpenSettings = Callable[[str], object]


def tell_news(desk: Desk, bar: MessageBar, open_settings: OpenSettings) -> None:
    """Say in this bar what must be known. The short check of the files goes on behind it, after the settling that was
    started before; then it is known, too, what could not be taken in.
    """
    teller = NewsTeller(bar)
    vault, plugins = desk.vault, desk.plugins
    at_once = [*news_of_log(vault, desk.open_link), *news_at_unlock(vault, open_settings)]
    teller.tell([*at_once, *news_of_backups(desk, open_settings), *news_of_drafts(vault)])
    log = LogWatch(desk, teller.tell, teller)

    def checked(findings: list[Finding]) -> None:
        damage = news_of_damage(findings, open_settings)
        teller.tell([*damage, *news_of_waiting(vault.waiting, plugins, open_settings)])
        log.start()

    desk.jobs.start(lambda job: _check(vault, job), checked)


def _check(vault: Vault, job: Job) -> list[Finding]:
    """What the short check finds, and once a week the full one. What is damaged is written no more, and a copy of the files
    is kept as they are.
    """
    findings = vault.quick_check(lambda: job.cancelled) or check_due(vault, lambda: job.cancelled)
    damaged = {finding.zone for finding in findings if finding.kind == "file"}
    if damaged:
        try:
            vault.stop_writing(*damaged)
        except UserError as error:  # no copy can be kept; the parts stay shut for writing all the same
            findings.append(Finding(min(damaged), "copy", str(error)))
    elif not job.cancelled:
        remove_orphans(vault)
    return findings


def news_of_backups(desk: Desk, open_settings: OpenSettings) -> list[News]:
    """That none are made, since nobody said where they should go."""
    vault = desk.vault
    made_up = vault.demo or not may(desk.user, "backup.make")
    if made_up or backup_schedule.folders(desk.settings, vault.unlocked.users.vault):
        return []
    text = tr("No backups are made on this computer yet. If it is lost or breaks, so are your records.")
    return [News("warn", text, tr("Choose where they go"), lambda: open_settings("backups"))]


def news_at_unlock(vault: Vault, open_settings: OpenSettings) -> list[News]:
    """A kit that was used or is missing, a key that was not given yet, one that somebody who left still knows."""
    news = []
    ahead = vault.entry_ahead_of_clock()
    if ahead is not None:
        text = tr(
            "The clock of this computer may be wrong: it says {now}, and the newest entry was written on {then}. Until it "
            "is right, days and deadlines are not, and nothing can be destroyed because its time is over."
        )
        news.append(News("warn", text.format(now=show_instant(now()), then=show_instant(ahead))))
    for use in (u for u in vault.kit_uses() if u.name != vault.user.name):
        text = tr("{name} came in with a recovery kit on {day}. If it was not {name}, tell the owner.")
        news.append(News("warn", text.format(name=use.name, day=show_day(use.at.date()))))
    if vault.needs_kit and not vault.demo:
        text = tr("You have no recovery kit. If you forget your passphrase, nobody can let you in again.")
        news.append(News("warn", text, tr("Make a recovery kit"), lambda: open_settings("you")))
    for zone in [] if vault.by_pin else keys_missing(vault.user, vault.zones | vault.read_only):
        text = tr(
            "Your role is for {part}, but the key has not been given to you yet. Whoever holds it gives it in Settings, "
            "Who works here."
        )
        news.append(News("warn", text.format(part=zone_title(zone))))
    for zone in sorted(vault.zones_to_change() & vault.zones):
        text = tr("Somebody who left still knows the key to {part}.").format(part=zone_title(zone))
        news.append(News("warn", text, tr("See who works here"), lambda: open_settings("users")))
    return news


def news_of_waiting(waiting: list[Waiting], plugins: Plugins, open_settings: OpenSettings) -> list[News]:
    """What could not be carried over to where it belongs, by the module that should take it in."""
    news = []
    for taker, n in sorted(Counter(each.taker for each in waiting).items()):
        entry = plugins.loaded.get(taker)
        name = tr(entry.info.title) if entry is not None else tr("a module that is not here")
        text = ntr(
            "{n} message for {module} could not be taken in. It is kept, and tried again at each unlock.",
            "{n} messages for {module} could not be taken in. They are kept, and tried again at each unlock.",
            n,
        )
        see = (tr("See modules"), lambda: open_settings("modules"))
        news.append(News("warn", text.format(n=n, module=name), *see))
    return news


def news_of_damage(findings: list[Finding], open_settings: OpenSettings) -> list[News]:
    """What the short check of the files found, and where it can be put right."""
    see = (tr("See the backups"), lambda: open_settings("backups"))
    return [News("danger", finding.message, *see) for finding in findings]
