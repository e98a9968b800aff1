"""The command line: the same service functions as the window, without Qt.

Exit status: 0 done, 2 refused with one clear line, 1 a fault.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from therapydesk.built_in import BUILT_IN
from therapydesk.core import hookspecs
from therapydesk.core.command_line import CliContext, table
from therapydesk.core.errors import UserError
from therapydesk.core.file_out import put_file
from therapydesk.core.permissions import require_of
from therapydesk.core.plugins import Plugins, load_all
from therapydesk.core.settings import MachineSettings
from therapydesk.core.words import tr

log = logging.getLogger("therapydesk")


def run(argv: list[str]) -> int:
    """Carry out one command and return the exit status."""
    settings = MachineSettings()
    plugins = load_all(
        BUILT_IN,
        settings.modules_allowed,
        settings.modules_off,
        contrib="--no-plugins" not in argv,
    )
    context = CliContext(plugins)
    try:
        command(plugins)(args=argv, obj=context, standalone_mode=False, prog_name="therapydesk")
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        error.show()
        return 2
    except UserError as error:
        click.echo(" ".join(str(error).split()), err=True)
        return 2
    except click.Abort:
        click.echo(tr("Stopped. Nothing was changed."), err=True)
        return 2
    except (
        Exception
    ) as error:  # the one handler of the command line: a fault is said in one line, details in the log
        log.error("command failed", exc_info=error)
        click.echo(
            tr("It did not work, and nothing was saved ({what}).").format(what=_fault(error)),
            err=True,
        )
        return 1
    finally:
        context.close()
    return 0


def _fault(error: Exception) -> str:
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f"{Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno}" if frame else "?"
    return f"{type(error).__name__}, {place}"


def command(plugins: Plugins) -> click.Group:
    """The whole command tree: the program's own commands and those of the plugins."""
    root = click.Group(
        "therapydesk",
        help=tr("TherapyDesk on the command line. Without a command it opens the window."),
    )
    for own in (demo, vault_group, modules, self_test):
        root.add_command(own)
    for contributed in plugins.collect(hookspecs.commands):
        if contributed.cli is not None:
            _add(root, contributed.cli())
    _share_options(root)
    return root


def _add(root: click.Group, found: click.Command) -> None:
    """Add a command; groups of one name from two plugins are joined."""
    there = root.commands.get(found.name or "")
    if isinstance(there, click.Group) and isinstance(found, click.Group):
        for inner in found.commands.values():
            there.add_command(inner)
        return
    root.add_command(found)


def _share_options(node: click.Command) -> None:
    """Give every command the options that all of them take, so that they may stand anywhere."""
    if any(param.name == "shared_vault" for param in node.params):
        return  # a command is one object for the whole run of the program
    node.params.extend(
        [
            _option(
                "--vault",
                "folder",
                "DIR",
                tr("The vault (or THERAPYDESK_VAULT)."),
                envvar="THERAPYDESK_VAULT",
            ),
            _option("--user", "user", "NAME", tr("Who you are.")),
            _option(
                "--passphrase-file",
                "passphrase_file",
                "FILE",
                tr("Where the passphrase is; - is standard input."),
            ),
            _option("--json", "json", "", tr("Machine-readable output."), is_flag=True),
            _option(
                "--no-plugins",
                "",
                "",
                tr("Without modules that were added."),
                is_flag=True,
            ),
        ]
    )
    if isinstance(node, click.Group):
        for inner in node.commands.values():
            _share_options(inner)


def _option(flag: str, attribute: str, metavar: str, help: str, **more: Any) -> click.Option:
    def keep(ctx: click.Context, param: click.Parameter, value: Any) -> None:
        given = ctx.find_root().obj
        if not value or not attribute:
            return
        from_environment = ctx.get_parameter_source(param.name or "") is ParameterSource.ENVIRONMENT
        if from_environment and getattr(given, attribute):
            return  # said with the option before the command: that goes before the environment
        setattr(given, attribute, value)

    name = f"shared_{flag.strip('-').replace('-', '_')}"
    return click.Option(
        [flag, name],
        expose_value=False,
        callback=keep,
        help=help,
        metavar=metavar or None,
        **more,
    )


def _obj(function: Callable[..., None]) -> Callable[..., None]:
    return click.pass_obj(function)


@click.command("demo")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--people", default=60, show_default=True, type=click.IntRange(1, 1_000_000))
@click.option("--seed", default=1, show_default=True)
@_obj
def demo(context: CliContext, folder: Path, people: int, seed: int) -> None:
    """Make the demo practice (made-up people) in a new folder, with its referral files."""
    from therapydesk.demo.making import make_demo

    made = make_demo(folder, plugins=context.plugins, people=people, seed=seed)
    data = {
        "vault": str(made.vault),
        "user": made.user,
        "passphrase": made.passphrase,
        "files": str(made.files),
    }
    text = tr("The demo practice is in {vault}. Sign in as {user} with the passphrase: {passphrase}")
    context.say(data, text.format(vault=made.vault, user=made.user, passphrase=made.passphrase))


@click.group("vault")
def vault_group() -> None:
    """Make a vault, or check one."""


@vault_group.command("create")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--practice", default="", help="The practice's name.")
@click.option(
    "--kit-file",
    type=click.Path(path_type=Path),
    help="Where to write the recovery code (0600).",
)
@_obj
def create_vault(context: CliContext, folder: Path, practice: str, kit_file: Path | None) -> None:
    """Make a new, empty vault. The recovery code is shown once."""
    from therapydesk.core.permissions import ROLES
    from therapydesk.core.vault.vault import NewPractice, Vault

    user = context.user or str(click.prompt(tr("Your name"), err=True))
    new = NewPractice(practice or tr("My practice"), user, ROLES, context.passphrase())
    vault, code = Vault.create(folder, new, host=context.plugins)
    vault.close()
    if kit_file is not None:
        put_file(kit_file, f"{code}\n".encode())
    shown = str(kit_file) if kit_file is not None else str(code)
    context.say(
        {"vault": str(folder), "user": user, "recovery_code": shown},
        tr("The vault is made. Recovery code (write it down, it is not shown again): {code}").format(
            code=shown
        ),
    )


@vault_group.command("check")
@_obj
def check_vault(context: CliContext) -> None:
    """Check that the vault is sound: files, records, links between zones, and the log."""
    findings = context.vault.check()
    text = "\n".join(str(f) for f in findings) or tr("The vault is sound.")
    context.say({"sound": not findings, "findings": [str(f) for f in findings]}, text)
    if findings:
        raise click.exceptions.Exit(2)


@click.group("modules")
def modules() -> None:
    """Modules: what is there, switch on, switch off."""


@modules.command("list")
@_obj
def list_modules(context: CliContext) -> None:
    """List the modules and why one is not running."""
    entries = list(context.plugins.loaded.values())
    rows = [[e.id, tr("On") if e.on else tr("Off"), e.info.title, e.trouble] for e in entries]
    data = [
        {
            "id": e.id,
            "on": e.on,
            "title": e.info.title,
            "built_in": e.built_in,
            "trouble": e.trouble,
        }
        for e in entries
    ]
    context.say(data, table([tr("Module"), tr("State"), tr("Title"), tr("Trouble")], rows))


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
        settings.modules_allowed = {
            **settings.modules_allowed,
            module: entry.found.digest,
        }
    elif on:
        context.plugins.switch(module, True)
    off = set(settings.modules_off)
    settings.modules_off = sorted(off - {module} if on else off | {module})
    done = tr("{title} is on.") if on else tr("{title} is off. Its data stays.")
    context.say({"id": module, "on": on}, done.format(title=entry.info.title))


@modules.command("on")
@click.argument("module")
@_obj
def switch_on(context: CliContext, module: str) -> None:
    """Switch a module on. An added module can read everything you can open."""
    _switch(context, module, True)


@modules.command("off")
@click.argument("module")
@_obj
def switch_off(context: CliContext, module: str) -> None:
    """Switch a module off; its data stays."""
    _switch(context, module, False)


@click.command("self-test")
@_obj
def self_test(context: CliContext) -> None:
    """Make a small demo practice in a temporary folder, do the main job in it, and say whether all worked."""
    from therapydesk.self_test import run_self_test

    steps = run_self_test(context.plugins)
    context.say({"ok": True, "steps": steps}, "\n".join([*steps, tr("All is well.")]))


def main() -> None:
    """Console script of the command line alone."""
    sys.exit(run(sys.argv[1:]))
