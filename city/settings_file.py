"""city.yml and meetings.yml: what a city says about itself.

city.yml
    code: xuhui
    name: 上海市徐汇区
    zone: Asia/Shanghai
    covers_from: 2000-01-01        # from this day on the responsibility list claims to be complete
    in_force:                      # which policy and calendar hold when; `to` is not counted
      - {from: 2000-01-01, to: 2015-01-01, policy: xuhui-2004, calendar: xuhui}
      - {from: 2015-01-01, policy: xuhui-2026, calendar: xuhui}
    contacts:                      # who answers for a role of the ladder
      supervisor: {unit: ducha}
      duty: {unit: hotline, post: hotline_duty}
    dangers: {gas: "0602"}         # which matter a kind of danger belongs to when the words do not say it; may be missing

meetings.yml (may be missing)
    fields:
      - {code: shipin, name: 食品安全联席会议, chair: lxhy, members: [scjg, wjw]}
"""

from collections.abc import Mapping
from datetime import date

from city.clock_file import HEARERS
from city.outline import Item
from city.pack_values import CitySettings, Contact, MeetingField, Period
from city.types import CalendarSpec


def read_settings(
    root: Item, *, calendars: Mapping[str, CalendarSpec], meetings: tuple[MeetingField, ...]
) -> CitySettings:
    """What city.yml says; calendar codes become calendar versions."""
    keys = root.only("code", "name", "zone", "covers_from", "in_force", "contacts", "dangers")
    periods = tuple(_period(item, calendars) for item in keys["in_force"].items())
    if not periods:
        keys["in_force"].fault("EMPTY_VALUE", "至少要写明一段时间里用哪个时限政策和日历。")
    return CitySettings(
        code=keys["code"].text(),
        name=keys["name"].text(),
        zone=keys["zone"].text("Asia/Shanghai"),
        covers_from=_needed_day(keys["covers_from"]),
        periods=periods,
        contacts=tuple(_contact(role, item) for role, item in keys["contacts"].entries()),
        meetings=meetings,
        dangers={kind: item.text() for kind, item in keys["dangers"].entries()},
    )


def read_meetings(root: Item) -> tuple[MeetingField, ...]:
    """The fields of a meetings.yml."""
    found: list[MeetingField] = []
    for item in root.only("fields")["fields"].items():
        keys = item.only("code", "name", "chair", "members")
        code = keys["code"].text()
        if any(field.code == code for field in found):
            item.fault("DUPLICATE_CODE", f"联席会议“{code}”出现了不止一次。")
        found.append(
            MeetingField(
                code=code,
                name=keys["name"].text(),
                chair=keys["chair"].text(),
                members=keys["members"].texts(),
            )
        )
    return tuple(found)


def _period(item: Item, calendars: Mapping[str, CalendarSpec]) -> Period:
    keys = item.only("from", "to", "policy", "calendar")
    code = keys["calendar"].text()
    if code not in calendars:
        keys["calendar"].fault("UNKNOWN_CALENDAR", f"calendar.yml 里没有日历“{code}”。")
    return Period(
        from_date=_needed_day(keys["from"]),
        to_date=keys["to"].day(),
        policy=keys["policy"].text(),
        calendar=calendars[code].version if code in calendars else code,
    )


def _contact(role: str, item: Item) -> Contact:
    if role not in HEARERS or role == "lead":
        item.fault("UNKNOWN_HEARER", f"没有“{role}”这类收件人，可用：{'、'.join(HEARERS[1:])}。")
    keys = item.only("unit", "post")
    return Contact(role=role, unit=keys["unit"].text(), post=keys["post"].text("") or None)


def _needed_day(item: Item) -> date:
    if item.missing:
        item.fault("EMPTY_VALUE", "这一项不能为空，请写日期。")
    return item.day() or date.min
