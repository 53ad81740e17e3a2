"""A pack into the database: a new list version holding what changed, the old version still readable."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlmodel import Session, col, select

from city.codec import plain
from city.faults import PackError, PackFault
from city.pack_values import Pack
from city.records import KINDS, Kind
from city.tables import CalendarRow, ListVersionRow, PolicyRow
from city.versions import ADMIN, PACK, begin, errors_of, free_id, last_row, live_rows, stored_pack, write
from plumbing.crypto import canonical

ID_DIGITS = 12
Value = TypeVar("Value")


def install(session: Session, pack: Pack, *, now: datetime, by: str = "system") -> str:
    """The id of the list version that is in force after it. The pack that was installed last changes nothing.

    Rows that an administrator has edited stay as they are; the version's note names them. Raises PackError when the
    pack has errors (`check_pack`) or changes a policy version that was installed before.
    """
    last = last_row(session)
    if last is not None and _last_digest(session) == pack.digest:
        return last.id
    _refuse(errors_of(pack))
    _keep_policies(session, pack)
    seq = last.seq + 1 if last else 1
    edited = [key for kind in KINDS for key in sorted(_edited(session, kind))]
    version = ListVersionRow(
        seq=seq,
        id=free_id(session, f"{pack.settings.code}-{pack.digest[:ID_DIGITS]}", seq=seq),
        pack_digest=pack.digest,
        loaded_at=now,
        by=by,
        note="装入数据包" + (f"；保留管理员修改过的：{'、'.join(edited)}" if edited else ""),
        settings=_settings_body(pack),
    )
    begin(session, version)
    for kind in KINDS:
        _replace(session, kind, kind.of(pack), seq=seq)
    session.flush()
    if edited:
        _refuse(errors_of(stored_pack(session)))
    return version.id


def _last_digest(session: Session) -> str | None:
    """The digest of the pack that was installed last, whatever was edited since."""
    found = select(ListVersionRow.pack_digest).where(col(ListVersionRow.pack_digest).is_not(None))
    return session.exec(found.order_by(col(ListVersionRow.seq).desc()).limit(1)).first()


def _refuse(faults: Sequence[PackFault]) -> None:
    if faults:
        raise PackError(faults)


def _keep_policies(session: Session, pack: Pack) -> None:
    """Write what is new. A policy that changed under its old name would move deadlines of the past."""
    for policy in pack.policies:
        body = plain(policy)
        kept = session.get(PolicyRow, policy.version)
        if kept is None:
            session.add(PolicyRow(version=policy.version, body=body))
        elif kept.body != body:
            sentence = f"时限政策“{policy.version}”已在使用，不能修改；请另起版本名，并在 city.yml 写明生效日期。"
            fault = PackFault(file="clocks.yml", line=0, column="version", reason="POLICY_CHANGED", sentence=sentence)
            raise PackError([fault])
    for spec in pack.calendars:
        # a calendar's version holds its digest, so the same name is the same calendar
        if session.get(CalendarRow, spec.version) is None:
            session.add(CalendarRow(version=spec.version, body=plain(spec)))


def _edited(session: Session, kind: Kind[Any]) -> set[str]:
    return {getattr(row, kind.key) for row in live_rows(session, kind) if row.origin == ADMIN}


def _replace(session: Session, kind: Kind[Value], values: Sequence[Value], *, seq: int) -> None:
    """Let the version `seq` hold `values`: what is there already stays, the rest is ended or added."""
    edited = _edited(session, kind)
    wanted = {canonical(plain(value)): value for value in values if getattr(value, kind.key) not in edited}
    for row in live_rows(session, kind):
        if row.origin == PACK and wanted.pop(canonical(plain(kind.value(row))), None) is None:
            row.removed_in = seq
            session.add(row)
    for value in wanted.values():
        write(session, kind, value, seq=seq, origin=PACK)


def _settings_body(pack: Pack) -> dict[str, Any]:
    """What a version keeps beside its rows: the settings, and which policies and calendars belong to it."""
    return {
        **plain(pack.settings),
        "policies": [policy.version for policy in pack.policies],
        "calendars": [spec.version for spec in pack.calendars],
    }
