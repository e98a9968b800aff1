"""Fresh process: the key made from a passphrase and nothing else, the limit of any unlocking."""

from __future__ import annotations

import time

from bench.fresh import answer
from therapydesk.core.vault.keys import Kdf, new_salt
from therapydesk.demo.making import PASSPHRASE

salt = new_salt()
start = time.perf_counter()
Kdf.full().derive(PASSPHRASE, salt)
answer(seconds=time.perf_counter() - start)
