"""Keyrings of the user that live in memory alone."""

from __future__ import annotations

from typing import Any

from keyring.backend import KeyringBackend


class Memory(KeyringBackend):
    """A keyring in memory, which can be told to fail."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the library's has no types
        self.kept: dict[tuple[str, str], str] = {}
        self.reading: BaseException | None = None
        self.writing: BaseException | None = None
        self.forgetful = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.reading:
            raise self.reading
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.writing:
            raise self.writing
        if not self.forgetful:
            self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.writing:
            raise self.writing
        del self.kept[service, username]


class OtherMemory(Memory):
    """A keyring of another kind."""


def made(kind: Any) -> Any:
    """One of the library's keyrings; their constructors have no types."""
    return kind()
