"""Passphrase to keys: strength, separation, wiping."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import therapydesk
from therapydesk.core.errors import DamagedVault, WrongPassphrase, ZoneClosed
from therapydesk.core.vault import creation
from therapydesk.core.vault import vault as vault_module
from therapydesk.core.vault.keys import (
    Kdf,
    KeyRing,
    OwnKeys,
    ZoneKeys,
    hkdf,
    new_salt,
    seal,
    unwrap,
    verify,
    wrap,
)


def test_the_full_derivation_is_256_mebibytes_and_three_passes() -> None:
    assert Kdf.full() == Kdf(passes=3, memory=256 * 1024 * 1024)


def test_the_program_itself_never_uses_less_than_the_full_derivation() -> None:
    found = []
    root = Path(therapydesk.__path__[0])
    for path in (p for p in root.rglob("*.py") if p != root / "testing.py"):  # fixtures for tests of modules
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Attribute)
                and node.attr == "minimum"
                and ast.unparse(node.value) == "Kdf"
            ):
                found.append(path.name)
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Kdf":
                stored = path.name in ("users.py", "pin.py")  # they read what is stored with a user
                found += [] if stored else [path.name]
    assert found == []


def test_a_vault_is_made_with_the_full_derivation_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    used: list[Kdf] = []

    def make(_folder: Path, _who: object, _host: object, kdf: Kdf) -> None:
        used.append(kdf)
        raise KeyboardInterrupt

    monkeypatch.setattr(creation, "make", make)
    new = vault_module.NewPractice("P", "Ruth", (), "four plain words together")
    with pytest.raises(KeyboardInterrupt):
        vault_module.Vault.create(tmp_path / "v", new, host=None)  # type: ignore[arg-type]  # never reached
    assert used == [Kdf.full()]


def test_parameters_out_of_all_reason_are_refused_before_any_memory_is_taken() -> None:
    for kdf in (Kdf(3, 1 << 50), Kdf(1 << 30, 8192), Kdf(0, 8192)):
        with pytest.raises(DamagedVault):
            kdf.derive("four plain words together", new_salt())


def test_the_same_passphrase_typed_with_combining_letters_derives_the_same_key() -> None:
    salt = new_salt()
    assert Kdf.minimum().derive("tŷ bach twt yma", salt) == Kdf.minimum().derive(
        "ty\u0302 bach twt yma", salt
    )


def test_hkdf_agrees_with_the_rfc_written_out_step_by_step() -> None:
    import hashlib
    import hmac

    secret = bytes(range(32))
    prk = hmac.new(b"\0" * 32, secret, hashlib.sha256).digest()
    first = hmac.new(prk, b"TherapyDesk db\x01", hashlib.sha256).digest()
    second = hmac.new(prk, first + b"TherapyDesk db\x02", hashlib.sha256).digest()
    assert hkdf(secret, "db", 48) == (first + second)[:48]
    assert hkdf(secret, "db") != hkdf(secret, "mac")


def test_a_secret_wrapped_with_one_key_does_not_open_with_another() -> None:
    assert unwrap(b"a" * 32, wrap(b"a" * 32, b"secret")) == b"secret"
    with pytest.raises(WrongPassphrase):
        unwrap(b"b" * 32, wrap(b"a" * 32, b"secret"))


def test_only_the_holder_opens_what_was_sealed() -> None:
    zone = ZoneKeys.new()
    assert zone.open(seal(zone.inbox_key, b"text")) == b"text"
    with pytest.raises(DamagedVault):
        ZoneKeys.new().open(seal(zone.inbox_key, b"text"))


def test_signatures_belong_to_one_key_and_one_message() -> None:
    own = OwnKeys.new()
    signature = own.sign(b"message")
    assert verify(own.sign_key, b"message", signature)
    assert not verify(own.sign_key, b"another", signature)
    assert not verify(OwnKeys.new().sign_key, b"message", signature)
    assert not verify(own.sign_key, b"message", b"short")


def test_the_raw_key_is_text_of_the_form_the_cipher_takes() -> None:
    key = ZoneKeys.new().raw_key()
    assert len(key) == 67
    assert key.startswith("x'")


def test_locking_overwrites_every_key() -> None:
    ring = KeyRing(OwnKeys.new(), {"core": ZoneKeys.new()})
    secrets = [ring.own.secret, ring.zones["core"].secret]
    ring.wipe()
    assert secrets == [bytearray(32), bytearray(32)]
    with pytest.raises(ZoneClosed):
        ring.zone("core")


def test_no_repr_tells_a_key() -> None:
    own, zone = OwnKeys.new(), ZoneKeys.new()
    shown = repr(own) + repr(zone) + repr(KeyRing(own, {"core": zone}))
    assert own.secret.hex() not in shown
    assert repr(bytes(zone.secret)) not in shown
    assert zone.raw_key() not in shown
