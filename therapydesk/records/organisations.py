"""Organisations: setting, referrer and payer in one where that is so (a school, a surgery, a council)."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from therapydesk.core.tables import NO_PERSONAL_DATA, CoreBase, Stamped
from therapydesk.core.words import mark


class Organisation(Stamped, CoreBase):
    """A body the practice works with. The three flags may all be true at once."""

    __tablename__ = "organisation"
    log_name = mark("Organisation")
    privacy = NO_PERSONAL_DATA

    name: Mapped[str] = mapped_column(String(200))
    normal_name: Mapped[str] = mapped_column(String(200), index=True)
    kind: Mapped[str] = mapped_column(
        String(40), default=""
    )  # school, surgery, trust, council, charity, care_home …
    is_setting: Mapped[bool] = mapped_column(default=False)
    is_referrer: Mapped[bool] = mapped_column(default=False)
    is_payer: Mapped[bool] = mapped_column(default=False)
    ods_code: Mapped[str] = mapped_column(String(10), default="", index=True)
    address: Mapped[str] = mapped_column(String(400), default="")
    postcode: Mapped[str] = mapped_column(String(10), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(200), default="")
    needs_order_number: Mapped[bool] = mapped_column(default=False)
