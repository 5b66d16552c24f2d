"""Exports of what is somebody's own, and deletions of accounts that are under way or done."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ARRAY, BigInteger, ForeignKey, Index, LargeBinary, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from taskforge.extensions import Model
from taskforge.stores.models import Id, Instant

IS_UNFINISHED = "finished_at IS NULL AND failed_at IS NULL"


class AccountExport(Model):
    """An archive that is being written, or can be downloaded until seven days after it was asked for.

    ``section`` and ``cursor`` are how far it is (`taskforge.leaving.sections`): a job that dies is gone on with there.
    ``records`` of about ``total`` are in it. Until ``retry_at`` a job is at it, or it waits after a failure.
    """

    __tablename__ = "account_exports"

    export_id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.user_id", ondelete="CASCADE"))
    requested_at: Mapped[datetime] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    failed_at: Mapped[datetime | None] = mapped_column(Instant)
    section: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    cursor: Mapped[str | None] = mapped_column(String(40))
    parts: Mapped[int] = mapped_column(server_default=text("0"))
    size: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    records: Mapped[int] = mapped_column(server_default=text("0"))
    total: Mapped[int]
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    retry_at: Mapped[datetime] = mapped_column(Instant, server_default=text("'-infinity'"))

    __table_args__ = (
        Index("ix_account_exports_user", "user_id", "requested_at"),
        Index("ix_account_exports_due", "requested_at", postgresql_where=text(IS_UNFINISHED)),
    )


class ExportPart(Model):
    """One file of an archive, as it stands there (`taskforge.leaving.archive`); its sizes and its CRC-32."""

    __tablename__ = "account_export_parts"

    export_id: Mapped[str] = mapped_column(
        ForeignKey("account_exports.export_id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    data: Mapped[bytes] = mapped_column(LargeBinary)
    packed_size: Mapped[int]
    full_size: Mapped[int]
    checksum: Mapped[int] = mapped_column(BigInteger)


class AccountErasure(Model):
    """The deletion of an account after its acknowledgement: what the relay has to remove, and how far it is.

    ``team_ids`` are the teams that nobody else was in. ``last_log_id`` is the last audit event that was looked at.
    ``address``, and the ``earlier_addresses`` of the account, are deleted when the last mail is queued. ``tried_at`` is
    when a relay began with it last.
    """

    __tablename__ = "account_erasures"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.user_id"), primary_key=True)
    event_id: Mapped[str] = mapped_column(Id)
    address: Mapped[str | None] = mapped_column(String(254))
    earlier_addresses: Mapped[list[str]] = mapped_column(
        ARRAY(String(254)), server_default=text("'{}'")
    )
    team_ids: Mapped[list[str]] = mapped_column(ARRAY(Id))
    requested_at: Mapped[datetime] = mapped_column(Instant)
    last_log_id: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    tried_at: Mapped[datetime] = mapped_column(Instant, server_default=text("'-infinity'"))
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
