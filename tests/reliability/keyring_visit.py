"""Run inside `dbus-run-session`: one visit to a real Secret Service, its outcome printed as JSON.

Usage: keyring_visit.py MODE NAME [VALUE]; modes read, write, forget, junk (store an entry that is not ours).
"""

from __future__ import annotations

import json
import sys

from therapydesk.core import secrets


def main(mode: str, name: str, value: str = "") -> dict[str, str]:
    """Carry out one request and say how it ended."""
    try:
        if mode == "write":
            found = secrets.write_secret(name, value)
        elif mode == "forget":
            return {"state": secrets.forget_secret(name).value}
        elif mode == "junk":
            import keyring

            keyring.set_password(secrets.SERVICE, name, value)
            return {"state": "ok"}
        else:
            found = secrets.read_secret(name, expect=value)
    except secrets.SecretNotKeptError as refused:
        return {"state": refused.state.value, "said": str(refused)}
    return {"state": found.state.value, "value": found.value or "", "keyring": found.keyring}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*sys.argv[1:])) + "\n")
