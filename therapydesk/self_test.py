"""`therapydesk self-test`: make a small demo practice in a temporary folder and do the main job in it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from therapydesk.core.plugins import Plugins
from therapydesk.core.vault.vault import Vault
from therapydesk.core.words import tr
from therapydesk.demo.main_job import do_main_job
from therapydesk.demo.making import make_demo


def run_self_test(plugins: Plugins) -> list[str]:
    """The steps that worked, in words. Raises what went wrong."""
    with tempfile.TemporaryDirectory(prefix="therapydesk-") as folder:
        made = make_demo(Path(folder) / "practice", plugins=plugins, people=12)
        steps = [tr("Made a practice with 12 made-up people.")]
        vault = Vault.open(made.vault, host=plugins)
        try:
            vault.unlock(made.user, made.passphrase)
            steps += do_main_job(vault, made.files, Path(folder))
            findings = vault.check()
        finally:
            vault.close()
        steps.append(tr("Checked the vault: {n} findings.").format(n=len(findings)))
    return steps
