"""After unlocking: in which forms one was typing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from therapydesk.api import ntr, tr
from therapydesk.ui.kit.form_drafts import title_of
from therapydesk.ui.shell.news_teller import News

if TYPE_CHECKING:
    from therapydesk.core.vault.vault import Vault

MOST = 5  # that are looked into; older ones come back in their forms all the same


def news_of_drafts(vault: Vault) -> list[News]:
    """The titles of the forms whose text waits for its author; notes and referrals tell of theirs themselves."""
    kept = [vault.load_draft(draft.key) for draft in vault.drafts()[:MOST]]
    titles = list(dict.fromkeys(title for text in kept if (title := title_of(text or ""))))
    if not titles:
        return []
    text = ntr(
        "What you typed in {forms} is kept. Open it again, and your text is there.",
        "What you typed in {forms} is kept. Open them again, and your text is there.",
        len(titles),
    )
    quoted = ", ".join(tr("“{title}”").format(title=title) for title in titles)
    return [News("info", text.format(forms=quoted))]
