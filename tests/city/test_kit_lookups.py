"""Who is on duty, which article answers, which tags a text has."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from city.kit_types import Article, Roster
from city.knowledge import withheld
from city.rosters import on_duty
from city.tagging import tags_of
from city.types import Matter, Tag, TagAxis

SHANGHAI = ZoneInfo("Asia/Shanghai")


def roster(contact: str, days: tuple[int, ...], from_time: str, to_time: str, **more: Any) -> Roster:
    return Roster(unit="gas", post=None, days=days, from_time=from_time, to_time=to_time, contact=contact, **more)


WEEK = (
    roster("day", (0, 1, 2, 3, 4), "08:30", "17:30"),
    roster("night", (0, 1, 2, 3, 4), "17:30", "08:30"),
    roster("weekend", (5, 6), "08:30", "08:30"),
)


@pytest.mark.parametrize(
    ("at", "contact"),
    [
        ("2026-11-23T08:29:59", "weekend"),  # Sunday's watch ends on Monday at 08:30
        ("2026-11-23T08:30:00", "day"),
        ("2026-11-23T17:29:59", "day"),
        ("2026-11-23T17:30:00", "night"),
        ("2026-11-24T03:00:00", "night"),  # Monday's night watch
        ("2026-11-28T08:00:00", "night"),  # Friday's night watch ends on Saturday
        ("2026-11-28T08:30:00", "weekend"),
        ("2026-11-29T08:00:00", "weekend"),
    ],
)
def test_a_watch_belongs_to_the_day_on_which_it_begins(at: str, contact: str) -> None:
    found = on_duty(WEEK, "gas", datetime.fromisoformat(at).replace(tzinfo=SHANGHAI))
    assert found is not None
    assert found.contact == contact


def test_nobody_is_on_duty_outside_the_dates_or_for_another_unit() -> None:
    old = roster("old", (0,), "00:00", "00:00", to_date=date(2026, 11, 23))
    at = datetime(2026, 11, 23, 12, tzinfo=SHANGHAI)
    assert on_duty([old], "gas", at) is None
    assert on_duty(WEEK, "water", at) is None


def article(code: str, *words: str, matters: tuple[str, ...] = ()) -> Article:
    return Article(
        code=code,
        title=code,
        answer="…",
        owner="gas",
        matters=matters,
        source="待核",
        checked=False,
        review_on=date(2027, 6, 1),
        words=words,
    )


@pytest.mark.parametrize(
    ("is_checked", "day", "why"),
    [(True, 1, None), (True, 2, "stale"), (False, 1, "unchecked"), (False, 2, "stale")],
)
def test_an_article_is_withheld_after_its_review_day_and_while_its_source_is_unchecked(
    is_checked: bool, day: int, why: str | None
) -> None:
    one = replace(article("A"), checked=is_checked, review_on=date(2027, 3, 1))
    assert withheld(one, date(2027, 3, day)) == why


def test_tags_come_from_the_matter_and_from_the_words() -> None:
    tags = (
        Tag(code="night", axis=TagAxis.WHEN_WHERE, name="夜间", words=("半夜",)),
        Tag(code="old", axis=TagAxis.WHO, name="老年人", words=("老人",)),
        Tag(code="noise", axis=TagAxis.NATURE, name="环境影响"),
    )
    matter = Matter(code="0701", name="施工噪声", tags=("noise",))
    assert [tag.code for tag in tags_of("半夜还在打桩", matter, tags)] == ["night", "noise"]
    assert tags_of("你好", None, tags) == ()
