"""What this machine remembers: look, language, last vault. One small JSON file, nothing of people in it.

The practice's own settings are rows in the vault, not here.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, TypeVar, cast, overload

from platformdirs import user_config_path

from therapydesk.core.words import LANGUAGES, Language

log = logging.getLogger("therapydesk")
T = TypeVar("T")
FILE = "settings.json"
THEMES = ("light", "dark", "high_contrast")
DENSITIES = ("comfortable", "compact")


def _one_of(*allowed: str) -> Callable[[object], bool]:
    return lambda value: value in allowed


def _between(low: float, high: float) -> Callable[[object], bool]:
    return lambda value: type(value) in (int, float) and low <= cast(float, value) <= high


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _text_by_text(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(item, str) for pair in value.items() for item in pair)


def _texts_by_text(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(k, str) and _texts(v) for k, v in value.items())


class _Kept(Generic[T]):
    """One setting: its default stands in for a value that is missing or makes no sense."""

    def __init__(self, default: T, good: Callable[[object], bool]) -> None:
        self.default, self.good = default, good

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, settings: None, owner: type) -> _Kept[T]: ...
    @overload
    def __get__(self, settings: MachineSettings, owner: type) -> T: ...
    def __get__(self, settings: MachineSettings | None, owner: type) -> T | _Kept[T]:
        if settings is None:
            return self
        value = settings.raw(self.name)
        chosen = value if value is not None and self.good(value) else self.default
        return cast(T, chosen.copy() if isinstance(chosen, dict | list) else chosen)

    def __set__(self, settings: MachineSettings, value: T) -> None:
        if not self.good(value):
            raise ValueError(f"{value!r} is no value for the setting {self.name}")
        settings.put(self.name, value)


class MachineSettings:
    """The machine's settings. Each is read and set as an attribute; setting one writes the file at once."""

    theme = _Kept("light", _one_of(*THEMES))
    text_scale = _Kept(1.0, _between(0.5, 3.0))
    density = _Kept("comfortable", _one_of(*DENSITIES))
    language: _Kept[Language] = _Kept("en", _one_of(*LANGUAGES))
    last_vault = _Kept("", lambda value: isinstance(value, str))
    lock_minutes = _Kept(5, lambda value: type(value) is int and 1 <= value <= 15)
    single_keys = _Kept(True, lambda value: isinstance(value, bool))
    word_hints = _Kept(True, lambda value: isinstance(value, bool))
    modules_off: _Kept[list[str]] = _Kept([], _texts)
    modules_allowed: _Kept[dict[str, str]] = _Kept({}, _text_by_text)
    keyrings: _Kept[dict[str, str]] = _Kept({}, _text_by_text)
    backup_folders: _Kept[dict[str, list[str]]] = _Kept({}, _texts_by_text)  # by the id of the vault
    windows: _Kept[dict[str, str]] = _Kept({}, _text_by_text)

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or user_config_path("therapydesk", appauthor=False) / FILE
        self._values = self._read()

    @classmethod
    def default(cls, name: str) -> Any:
        """What a setting is when nobody has chosen."""
        return cast("_Kept[Any]", vars(cls)[name]).default

    def window(self, name: str) -> str:
        """The kept size and place of a window or dialog; empty when it was never opened."""
        return self.windows.get(name, "")

    def keep_window(self, name: str, state: str) -> None:
        """Keep the size and place of a window or dialog."""
        if self.windows.get(name) != state:
            self.windows = {**self.windows, name: state}

    def raw(self, name: str) -> object:
        """The value as it stands in the file, or None."""
        return self._values.get(name)

    def put(self, name: str, value: object) -> None:
        """Set one value and write the file, if that changes it. Keys of other versions and changes by another
        instance stay.
        """
        found = self._read()
        self._values = {**found, name: value}
        if found.get(name) == value and self.path.exists():
            return
        try:
            self._write()
        except OSError as error:
            # A read-only folder must not stop the work; the choice holds until the program ends.
            log.warning("settings not written: %s", type(error).__name__)

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return dict(getattr(self, "_values", {}))
        except (ValueError, RecursionError):
            found = None
        except OSError as error:
            log.warning("settings not read: %s", type(error).__name__)
            return dict(getattr(self, "_values", {}))
        if isinstance(found, dict):
            return found
        self._keep_broken()
        return dict(getattr(self, "_values", {}))

    def _keep_broken(self) -> None:
        """Put a file that cannot be read aside, so that nothing typed by hand in it is lost."""
        log.warning("settings file broken, defaults used")
        try:
            self.path.replace(self.path.with_suffix(".broken.json"))
        except OSError as error:
            log.warning("broken settings not kept aside: %s", type(error).__name__)

    def _write(self) -> None:
        folder = self.path.parent
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary = folder / f".{FILE}.{os.urandom(16).hex()}"
        text = json.dumps(self._values, indent=1, sort_keys=True, ensure_ascii=False)
        try:
            temporary.touch(mode=0o600, exist_ok=False)
            with temporary.open("w", encoding="utf-8") as file:
                file.write(text + "\n")
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self.path)
        finally:
            temporary.unlink(missing_ok=True)
