"""Keys of records."""

from __future__ import annotations

import pickle
from uuid import UUID

from therapydesk.core.ids import new_id, read_id


def test_a_key_that_is_read_is_the_one_that_was_written() -> None:
    made = new_id()
    read = read_id(made.hex)
    assert (read, hash(read), str(read), read.version) == (made, hash(made), str(made), 7)
    assert isinstance(read, UUID)
    assert pickle.loads(pickle.dumps(read)) == made
    assert read < read_id("f" * 32)
