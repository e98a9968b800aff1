"""Find, check, load and switch off plugins; ask them one at a time, with failures contained (architecture §4)."""

from __future__ import annotations

import importlib
import importlib.resources
import importlib.util
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, ParamSpec, TypeVar

import pluggy

from therapydesk.core import hookspecs, permissions
from therapydesk.core.contributions import Answers, Failure, PluginInfo, Setting
from therapydesk.core.errors import UserError
from therapydesk.core.events import Event
from therapydesk.core.limited_reader import as_taken
from therapydesk.core.log import allow
from therapydesk.core.plugin_packages import GROUP, Found, find_contrib
from therapydesk.core.tables import ZONES, Base, Zone, zone_of
from therapydesk.core.words import add_words, tr

__all__ = ["GROUP", "Found", "Loaded", "Owner", "Plugins", "find_contrib", "load_all"]
API = 1
ALWAYS_ASKED = {"models", "subject_extras"}
ALWAYS_TOLD = {"PeopleMerged", "PeopleUnmerged", "PersonErased"}
P = ParamSpec("P")
T = TypeVar("T")
log = logging.getLogger("therapydesk")


@dataclass(frozen=True)
class Owner:
    """Who owns tables: "core" or a plugin; `migrations` holds one folder a zone."""

    id: str
    migrations: Path
    zones: tuple[Zone, ...]


@dataclass
class Loaded:
    """A plugin in the program, or what became of it. `trouble` is a sentence for Settings › Modules."""

    id: str
    info: PluginInfo
    module: ModuleType | None
    built_in: bool
    on: bool = True
    trouble: str = ""
    found: Found | None = None
    waiting_for_consent: bool = False


@dataclass
class Plugins:
    """The plugin host of one program run."""

    loaded: dict[str, Loaded] = field(default_factory=dict)
    _manager: pluggy.PluginManager = field(default_factory=lambda: pluggy.PluginManager(hookspecs.PROJECT))
    _settings: dict[str, Setting] = field(default_factory=dict)
    _waiting: list[Found] = field(default_factory=list)
    _off: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self._manager.add_hookspecs(hookspecs)

    def load(
        self,
        built_in: Iterable[str],
        contrib: Iterable[Found] = (),
        off: Iterable[str] = (),
    ) -> None:
        """Load the built-ins (module names), then the allowed contrib plugins. Never raises for a bad plugin."""
        for name in built_in:
            self._load(name.rsplit(".", 2)[-2], name, None)
        for found in contrib:
            self._load(found.id, found.module, found)
        for plugin_id in off:
            self.switch(plugin_id, False)

    def load_later(self, contrib: Iterable[Found], off: Iterable[str]) -> None:
        """Added modules that may run once a vault is open: while it is locked none is imported (security §8)."""
        self._waiting, self._off = list(contrib), frozenset(off)

    def let_in(self) -> None:
        """Somebody's keys have opened the vault: load what waited for that. Does nothing the second time."""
        waiting, self._waiting = self._waiting, []
        self.load([], waiting, self._off & {found.id for found in waiting})

    def leave_out(self, found: Found, sentence: str, *, consent: bool = False) -> None:
        """Remember a contrib plugin that is not loaded, and why."""
        info = PluginInfo(found.id, found.package, "")
        self.loaded[found.id] = Loaded(found.id, info, None, False, False, sentence, found, consent)

    def _load(self, plugin_id: str, module_name: str, found: Found | None) -> None:
        entry = Loaded(
            plugin_id,
            PluginInfo(plugin_id, plugin_id, ""),
            None,
            found is None,
            found=found,
        )
        if plugin_id in self.loaded:
            log.error("plugin id used twice: %s", plugin_id)
            self.loaded[plugin_id].trouble = tr("Two modules call themselves “{id}”.").format(id=plugin_id)
            return
        self.loaded[plugin_id] = entry
        allow(plugin_id)
        try:
            self._check_and_register(entry, module_name)
        except UserError as error:
            entry.trouble, entry.on = str(error), False
        except (
            Exception,
            SystemExit,
        ) as error:  # a plugin is foreign code: whatever it raises, the program starts
            log.error("plugin %s failed to load", plugin_id, exc_info=error)
            entry.trouble = tr("It stopped with an error while starting ({error}).").format(
                error=type(error).__name__
            )
            entry.on = False
        if entry.trouble and entry.module is not None and self._manager.is_registered(entry.module):
            self._manager.unregister(entry.module)

    def _check_and_register(self, entry: Loaded, module_name: str) -> None:
        module = importlib.import_module(module_name)
        info: PluginInfo = module.INFO
        entry.info, entry.module = info, module
        if info.id != entry.id:
            raise UserError(
                tr("It is announced as “{a}” but calls itself “{b}”.").format(a=entry.id, b=info.id)
            )
        if info.needs_api > API:
            raise UserError(tr("It needs a newer version of TherapyDesk."))
        if entry.found is not None and module.__file__:
            add_words(Path(module.__file__).parent / "locale")
        self._manager.register(module, name=info.id)
        self._manager.check_pending()
        self._check_tables(info.id)
        own = self._call(info.id, "permissions")
        permissions.contribute(own or [])
        self._settings.update({s.id: s for s in self._call(info.id, "settings") or []})
        service = f"{module_name.rsplit('.', 1)[0]}.service"
        if importlib.util.find_spec(service):
            permissions.check_services(importlib.import_module(service))

    def _check_tables(self, plugin_id: str) -> None:
        for model in self._call(plugin_id, "models") or []:
            name = model.__tablename__
            if not name.startswith(f"{plugin_id}_"):
                raise UserError(tr("Its table “{name}” does not carry its name.").format(name=name))

    def _call(self, plugin_id: str, hook: str, **kwargs: Any) -> Any:
        module = self.loaded[plugin_id].module
        for impl in getattr(self._manager.hook, hook).get_hookimpls():
            if impl.plugin is module:
                return impl.function(**{name: kwargs[name] for name in impl.argnames})
        return None

    def _impls(self, hook: str) -> Iterator[tuple[Loaded, Any]]:
        impls = {impl.plugin_name: impl for impl in getattr(self._manager.hook, hook).get_hookimpls()}
        for entry in self.loaded.values():
            if entry.id in impls and entry.module is not None and (entry.on or hook in ALWAYS_ASKED):
                yield entry, impls[entry.id]

    def ask(
        self, hook: Callable[P, list[T] | dict[Any, list[Any]] | None], *, only: str = "", **kwargs: Any
    ) -> Answers[Any]:
        """Ask every plugin that offers the hook, or one; lists are joined, dicts come one a plugin. Failures are
        collected.
        """
        answers: Answers[Any] = Answers()
        db = kwargs.get("db")
        for entry, impl in self._impls(hook.__name__):
            if (only and entry.id != only) or (db is not None and not db.holds(entry.info.zone)):
                continue
            try:
                answer = impl.function(**{name: kwargs[name] for name in impl.argnames})
            except UserError as error:
                answers.failures.append(Failure(entry.id, tr(entry.info.title), str(error)))
            except (Exception, SystemExit) as error:  # a plugin is foreign code: the others still answer
                log.error("plugin %s failed in %s", entry.id, hook, exc_info=error)
                answers.failures.append(Failure(entry.id, tr(entry.info.title), type(error).__name__))
            else:
                answers.values.extend(answer if isinstance(answer, list) else [answer] if answer else [])
        return answers

    def collect(self, hook: Callable[P, list[T]]) -> list[T]:
        """Contributions asked once: pages, tabs, cards, commands. A plugin that fails here is switched off."""
        found: list[T] = []
        for entry, impl in list(self._impls(hook.__name__)):
            try:
                offered = impl.function()
                found.extend(offered if entry.built_in else as_taken(hook.__name__, offered))
            except (
                Exception,
                SystemExit,
            ) as error:  # a plugin is foreign code: it is switched off, the program goes on
                log.error("plugin %s failed in %s", entry.id, hook, exc_info=error)
                entry.on = False
                entry.trouble = tr(
                    "It was switched off: it failed while adding its {what} ({error})."
                ).format(what=hook.__name__.replace("_", " "), error=type(error).__name__)
        return found

    def offered(self, hook: Callable[[], list[T]], vault: Any) -> list[T]:
        """Of the pages, tabs, cards or commands those that the signed-in user may have: by role, and by the zones that are
        open. A role without its key is nothing unusual, and on a bad day a damaged zone stays shut.
        """
        every: list[Any] = self.collect(hook)
        return [each for each in every if vault.allows(each.permission)]

    def build(self, offered: Any, *args: Any) -> Any | None:
        """Build the widget of a page, tab or card. One that fails switches its plugin off and gives None."""
        try:
            return offered.build(*args)
        except UserError:
            raise
        except (
            Exception,
            SystemExit,
        ) as error:  # a plugin is foreign code: it is switched off, the program goes on
            plugin_id = offered.id.split(".")[0]
            log.error("plugin %s failed to build %s", plugin_id, "a widget", exc_info=error)
            entry = self.loaded.get(plugin_id)
            if entry is not None:
                entry.on = False
                entry.trouble = tr("It was switched off: “{what}” could not be opened ({error}).").format(
                    what=offered.title, error=type(error).__name__
                )
            return None

    def settings(self) -> list[Setting]:
        """All practice settings of loaded plugins."""
        return list(self._settings.values())

    def switch(self, plugin_id: str, on: bool) -> None:
        """Switch a plugin on or off. Its data stays; a plugin that is not loaded cannot be switched on."""
        entry = self.loaded.get(plugin_id)
        if entry is None:
            return
        if on and entry.module is None:
            raise UserError(tr("This module could not be loaded."), entry.trouble)
        entry.on = on
        if on:
            entry.trouble = ""

    def is_on(self, plugin_id: str) -> bool:
        """Whether a plugin is loaded and switched on."""
        entry = self.loaded.get(plugin_id)
        return entry is not None and entry.on and entry.module is not None

    def models(self) -> list[type[Base]]:
        """Tables of all plugins, switched off or not."""
        return [
            m for entry in self.loaded.values() if entry.module for m in self._call(entry.id, "models") or []
        ]

    def owners(self) -> list[Owner]:
        """Who has tables and migrations: core first, then each plugin."""
        root = Path(str(importlib.resources.files("therapydesk"))) / "records" / "migrations"
        owners = [Owner("core", root, ZONES)]
        for entry in self.loaded.values():
            tables = [m.__table__ for m in self._call(entry.id, "models") or []] if entry.module else []
            zones = tuple(z for z in ZONES if any(zone_of(t) == z for t in tables))
            if zones and entry.module is not None and entry.module.__file__:
                owners.append(
                    Owner(
                        entry.id,
                        Path(entry.module.__file__).parent / "migrations",
                        zones,
                    )
                )
        return owners

    def listeners(self, zone: Zone) -> list[tuple[str, Callable[[Any, Event], None]]]:
        """The on_event handlers of the plugins at home in a zone."""
        found: list[tuple[str, Callable[[Any, Event], None]]] = []
        for impl in self._manager.hook.on_event.get_hookimpls():
            entry = self.loaded.get(impl.plugin_name)
            if entry is not None and entry.info.zone == zone:
                found.append((entry.id, _listener(entry, impl)))
        return found

    def titles(self) -> Mapping[str, str]:
        """Plugin id → title."""
        return {entry.id: tr(entry.info.title) for entry in self.loaded.values()}


def _listener(entry: Loaded, impl: Any) -> Callable[[Any, Event], None]:
    def tell(db: Any, event: Event) -> None:
        if entry.on or event.name in ALWAYS_TOLD:
            values = {"db": db, "event": event}
            impl.function(**{name: values[name] for name in impl.argnames})

    return tell


def load_all(
    built_in: Iterable[str],
    allowed: Mapping[str, str],
    off: Iterable[str],
    *,
    contrib: bool = True,
    later: bool = False,
) -> Plugins:
    """The plugin host: built-ins, and contrib plugins whose digest the owner has allowed (`allowed`: id → digest), these
    with `later` only at `let_in`.
    """
    plugins = Plugins()
    wanted: list[Found] = []
    for found in find_contrib() if contrib else []:
        if allowed.get(found.id) == found.digest:
            wanted.append(found)
    plugins.load(built_in, () if later else wanted, off)
    plugins.load_later(wanted if later else (), off)
    for found in find_contrib() if contrib else []:
        if found.id in plugins.loaded or (later and found in wanted):
            continue
        changed = found.id in allowed
        sentence = (
            tr("Its files have changed since it was allowed.")
            if changed
            else tr("It has not been allowed yet.")
        )
        plugins.leave_out(found, sentence, consent=True)
    return plugins
