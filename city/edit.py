"""An administrator's changes to the list: a new row from a day on. What was in force before stays in force before."""

from dataclasses import replace
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlmodel import Session

from city.codec import digest_of
from city.install import ID_DIGITS
from city.records import DUTIES, UNITS, Kind
from city.spans import overlap
from city.tables import ListVersionRow
from city.types import Duty, Unit
from city.versions import ADMIN, begin, errors_of, free_id, last_row, live_rows, stored_pack, version_row, write
from plumbing.errors import BadInput, Refused

Dated = TypeVar("Dated", Unit, Duty)


def edit_unit(session: Session, unit: Unit, *, now: datetime, by: str) -> str:
    """The id of the list version in which `unit` holds from its `from_date` on, in place of what the code meant.

    A new code is a new unit. Raises BadInput: NO_START, EDIT_IN_PAST; Refused: BAD_EDIT (a duty names a unit that
    would no longer exist, a code is unknown ...).
    """
    return _append(session, UNITS, unit, now=now, by=by)


def edit_duty(session: Session, duty: Duty, *, now: datetime, by: str) -> str:
    """The id of the list version in which `duty` holds from its `from_date` on, in place of the row of that id.

    A new id is a new row. Raises BadInput: NO_START, EDIT_IN_PAST; Refused: BAD_EDIT (a gap, a tie, an unknown code).
    """
    return _append(session, DUTIES, duty, now=now, by=by)


def _append(session: Session, kind: Kind[Dated], value: Dated, *, now: datetime, by: str) -> str:
    last = last_row(session) or version_row(session, None)
    start = _start(value, now.astimezone(ZoneInfo(last.settings["zone"])).date())
    seq = last.seq + 1
    name = getattr(value, kind.key)
    digest = digest_of((last.id, kind.key, value))[:ID_DIGITS]
    version = ListVersionRow(
        seq=seq,
        id=free_id(session, f"{last.settings['code']}-{digest}", seq=seq),
        pack_digest=None,
        loaded_at=now,
        by=by,
        note=f"修改“{name}”，自 {start.isoformat()} 起",
        settings=last.settings,
    )
    begin(session, version)
    for row in live_rows(session, kind):
        if getattr(row, kind.key) != name:
            continue
        before = kind.value(row)
        if overlap(before, replace(value, to_date=None)):
            row.removed_in = seq
            session.add(row)
            if before.from_date is None or before.from_date < start:
                write(session, kind, replace(before, to_date=start), seq=seq, origin=ADMIN)
        elif row.origin != ADMIN:
            # every row of an edited code becomes an administrator's, so that a new pack leaves all of them alone
            row.removed_in = seq
            session.add(row)
            write(session, kind, before, seq=seq, origin=ADMIN)
    write(session, kind, value, seq=seq, origin=ADMIN)
    session.flush()
    faults = errors_of(stored_pack(session))
    if faults:
        raise Refused("BAD_EDIT", f"修改后责任清单会出错，未保存：{faults[0].sentence}", faults=faults)
    return version.id


def _start(value: Unit | Duty, today: date) -> date:
    if value.from_date is None:
        raise BadInput("NO_START", "请填写从哪一天起生效。")
    if value.from_date < today:
        raise BadInput("EDIT_IN_PAST", f"只能从今天（{today.isoformat()}）或以后起生效，过去的责任清单不能改写。")
    return value.from_date
