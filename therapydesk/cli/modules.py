"""`therapydesk modules …`: what modules there are, switch them on and off."""

from __future__ import annotations

import click

from therapydesk.core.command_line import CliContext, text_table
from therapydesk.core.errors import UserError
from therapydesk.core.permissions import require_of
from therapydesk.core.settings import MachineSettings
from therapydesk.core.words import tr


@click.group("modules")
def modules() -> None:
    """Modules: what is there, switch on, switch off."""


@modules.command("list")
@click.pass_obj
def list_modules(context: CliContext) -> None:
    """List the modules and why one is not running."""
    entries = list(context.plugins.loaded.values())
    rows = [[e.id, tr("On") if e.on else tr("Off"), tr(e.info.title), e.trouble] for e in entries]
    data = [
        {
            "id": e.id,
            "on": e.on,
            "title": tr(e.info.title),
            "built_in": e.built_in,
            "trouble": e.trouble,
        }
        for e in entries
    ]
    context.say(data, text_table([tr("Module"), tr("State"), tr("Title"), tr("Trouble")], rows))


def _switch(context: CliContext, module: str, on: bool) -> None:
    require_of(context.vault.user, "modules.switch")
    settings = MachineSettings()
    entry = context.plugins.loaded.get(module)
    if entry is None:
        raise UserError(
            tr("There is no module called “{name}”.").format(name=module),
            tr("See: therapydesk modules list"),
        )
    if on and entry.found is not None and entry.waiting_for_consent:
        context.vault.tell_module("module allowed", module, entry.found.version, entry.found.digest)
        settings.modules_allowed = {
            **settings.modules_allowed,
            module: entry.found.digest,
        }
    elif on:
        context.plugins.switch(module, True)
    context.vault.tell_module("module switched on" if on else "module switched off", module)
    off = set(settings.modules_off)
    settings.modules_off = sorted(off - {module} if on else off | {module})
    done = tr("{title} is on.") if on else tr("{title} is off. Its data stays.")
    context.say({"id": module, "on": on}, done.format(title=tr(entry.info.title)))


@modules.command("on")
@click.argument("module")
@click.pass_obj
def switch_on(context: CliContext, module: str) -> None:
    """Switch a module on. An added module can read everything you can open."""
    _switch(context, module, True)


@modules.command("off")
@click.argument("module")
@click.pass_obj
def switch_off(context: CliContext, module: str) -> None:
    """Switch a module off; its data stays."""
    _switch(context, module, False)
