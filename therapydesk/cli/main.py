"""The command line: the same service functions as the window, without Qt.

Exit status: 0 done, 2 refused with one clear line, 1 a fault.
"""

from __future__ import annotations

import contextlib
import logging
import sys
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from therapydesk.built_in import BUILT_IN
from therapydesk.cli.audit import audit_group
from therapydesk.cli.modules import modules
from therapydesk.cli.privacy import privacy_group
from therapydesk.cli.privacy_erasing import due, erase
from therapydesk.cli.vault import vault_group
from therapydesk.core import hookspecs
from therapydesk.core.command_line import CliContext
from therapydesk.core.errors import UserError
from therapydesk.core.plugins import Plugins, load_all
from therapydesk.core.settings import MachineSettings
from therapydesk.core.words import tr

log = logging.getLogger("therapydesk")


def start_log() -> None:
    """From now on faults are written into the log file, with what SQLCipher says of damage, and not on the screen."""
    from platformdirs import user_log_path

    from therapydesk.core.log import setup_log
    from therapydesk.core.vault.zones import send_messages

    with contextlib.suppress(OSError):  # a folder that takes no log must not stop the work
        send_messages(setup_log(user_log_path("therapydesk", appauthor=False)).with_name("sqlcipher.log"))


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
        answer = command(plugins)(args=argv, obj=context, standalone_mode=False, prog_name="therapydesk")
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
    return answer if isinstance(answer, int) else 0  # a command that ends by Exit(2) answers 2 here


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
    for more in (erase, due):
        privacy_group.add_command(more)
    for own in (demo, vault_group, audit_group, privacy_group, modules, self_test):
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


@click.command("demo")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--people", default=60, show_default=True, type=click.IntRange(1, 1_000_000))
@click.option("--seed", default=1, show_default=True)
@click.pass_obj
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


@click.command("self-test")
@click.pass_obj
def self_test(context: CliContext) -> None:
    """Make a small demo practice in a temporary folder, do the main job in it, and say whether all worked."""
    from therapydesk.self_test import run_self_test

    steps = run_self_test(context.plugins)
    context.say({"ok": True, "steps": steps}, "\n".join([*steps, tr("All is well.")]))


def main() -> None:
    """Console script of the command line alone."""
    sys.exit(run(sys.argv[1:]))
