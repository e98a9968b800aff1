"""What a command on the command line is given: the vault, unlocked when first asked for, and a voice."""

from __future__ import annotations

import getpass
import json
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from therapydesk.core.errors import UserError
from therapydesk.core.file_out import put_file
from therapydesk.core.given_input import first_line
from therapydesk.core.outgoing import Outgoing, went_out
from therapydesk.core.settings import MachineSettings
from therapydesk.core.words import tr

if TYPE_CHECKING:
    from therapydesk.core.plugins import Plugins
    from therapydesk.core.vault.vault import Vault


A_FILE = Outgoing("file")


@dataclass
class CliContext:
    """`ctx.obj` of every command. `say` prints `data` as one JSON document with --json, else `text`."""

    plugins: Plugins
    folder: str = ""
    user: str = ""
    passphrase_file: str = ""
    json: bool = False
    _vault: Vault | None = field(default=None, repr=False)

    @property
    def vault(self) -> Vault:
        """The vault of --vault, unlocked. Raises UserError when it is not given or does not open."""
        if self._vault is None:
            self._vault = self._open()
        return self._vault

    def _open(self) -> Vault:
        from therapydesk.core.vault import backup_schedule
        from therapydesk.core.vault.vault import (
            Vault,
        )  # the vault is not needed by `demo --help` and the like

        if not self.folder:
            raise UserError(
                tr("No vault was named."),
                tr("Give --vault DIR, or set THERAPYDESK_VAULT."),
            )
        vault = Vault.open(Path(self.folder), host=self.plugins)
        backup_schedule.watch(vault, MachineSettings())
        try:
            vault.unlock(self.user or self.only_user(vault), self.passphrase())
            vault.settle()
            vault.erase_again()
        except BaseException:  # Ctrl+C too goes on, and no file stays locked behind it
            vault.close()
            raise
        return vault

    @staticmethod
    def only_user(vault: Vault) -> str:
        """The one who uses this vault. Raises UserError when there are several."""
        names = vault.user_names()
        if len(names) != 1:
            raise UserError(tr("Several people use this vault."), tr("Say who you are with --user."))
        return names[0]

    def passphrase(self) -> str:
        """The passphrase from --passphrase-file (first line; "-" is standard input), else asked for. Raises UserError."""
        return ask_passphrase(self.passphrase_file, "--passphrase-file", tr("Passphrase"))

    def say(self, data: Any, text: str) -> None:
        """Print the answer, which comes after the work. Raises Exit (1) when nobody can be told, and says so."""
        try:
            click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str) if self.json else text)
        except OSError as error:
            lost = tr("What was asked for is done, but the answer could not be written ({why}).")
            click.echo(lost.format(why=error.strerror), err=True)
            raise click.exceptions.Exit(1) from None

    def save(self, path: Path, content: bytes, *, told: Outgoing | None = A_FILE, **about: Any) -> None:
        """Tell the activity log what leaves (None: it knows), write a file that only the user may read, and say so; `about`
        goes before it in --json. Raises UserError.
        """
        if told is not None:
            went_out(self.vault, "export", told)
        put_file(path, content)
        data = {**about, "file": str(path), "bytes": len(content)}
        self.say(data, tr("Written: {file}").format(file=path))

    def close(self) -> None:
        """Lock and let go of the vault, if it was opened."""
        if self._vault is not None:
            self._vault.close()
            self._vault = None


def ask_passphrase(file: str, option: str, words: str) -> str:
    """A passphrase out of the first line of a file ("-": the next line of standard input), else asked for with `words`.
    Raises UserError, which names the option where there is no terminal to ask at.
    """
    if file:
        return first_line(file)
    try:
        with warnings.catch_warnings():  # without a terminal it would be shown while it is typed
            warnings.simplefilter("error", getpass.GetPassWarning)
            return str(click.prompt(words, hide_input=True, err=True))
    except getpass.GetPassWarning:
        raise UserError(
            tr("There is no terminal to ask for the passphrase."),
            tr("Give {option} FILE, or - for standard input.").format(option=option),
        ) from None


def text_table(heads: list[str], rows: list[list[str]]) -> str:
    """Rows as aligned columns of text."""
    widths = [max(len(r[i]) for r in [heads, *rows]) for i in range(len(heads))]
    return "\n".join(
        "  ".join(c.ljust(w) for c, w in zip(r, widths, strict=True)).rstrip() for r in [heads, *rows]
    )
