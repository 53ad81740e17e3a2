"""Expressions of time and when they are, with the boundaries of day, week, year and festival."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu.time_days import SHANGHAI
from nlu.times import times
from tickets.said import TimeKind

AT = "2026-11-26 15:00"
"""A Thursday afternoon."""


def local(said: str) -> datetime:
    return datetime.fromisoformat(said).replace(tzinfo=SHANGHAI)


def bounds(text: str, at: str = AT) -> list[tuple[str, str | None, str | None]]:
    """(words, begin, end) in Shanghai's time."""

    def plain(moment: datetime | None) -> str | None:
        return None if moment is None else f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"

    return [(text[one.start : one.end], plain(one.begins_at), plain(one.ends_at)) for one in times(text, local(at))]


@pytest.mark.parametrize(
    ("text", "begins", "ends"),
    [
        ("昨晚十点", "2026-11-25 22:00", "2026-11-25 22:00"),
        ("昨晚十点半", "2026-11-25 22:30", "2026-11-25 22:30"),
        ("昨天晚上12点", "2026-11-26 00:00", "2026-11-26 00:00"),
        ("昨晚两点", "2026-11-26 02:00", "2026-11-26 02:00"),
        ("昨天凌晨两点", "2026-11-25 02:00", "2026-11-25 02:00"),
        ("今天凌晨三点多", "2026-11-26 03:00", "2026-11-26 04:00"),
        ("昨天中午12点半", "2026-11-25 12:30", "2026-11-25 12:30"),
        ("昨天下午3点到5点", "2026-11-25 15:00", "2026-11-25 17:00"),
        ("昨晚十点到今天凌晨四点", "2026-11-25 22:00", "2026-11-26 04:00"),
        ("前天夜里", "2026-11-24 20:00", "2026-11-25 05:00"),
        ("今早", "2026-11-26 06:00", "2026-11-26 09:00"),
        ("明天上午", "2026-11-27 08:00", "2026-11-27 12:00"),
        ("上周三", "2026-11-18 00:00", "2026-11-19 00:00"),
        ("上周三下午三点", "2026-11-18 15:00", "2026-11-18 15:00"),
        ("上上周五", "2026-11-13 00:00", "2026-11-14 00:00"),
        ("上周末", "2026-11-21 00:00", "2026-11-23 00:00"),
        ("周三", "2026-11-25 00:00", "2026-11-26 00:00"),
        ("三天前", "2026-11-23 00:00", "2026-11-24 00:00"),
        ("两个小时前", "2026-11-26 13:00", "2026-11-26 13:00"),
        ("一个月前", "2026-10-01 00:00", "2026-11-01 00:00"),
        ("两年前", "2024-01-01 00:00", "2025-01-01 00:00"),
        ("最近三个月", "2026-08-26 15:00", "2026-11-26 15:00"),
        ("三天了", "2026-11-23 15:00", "2026-11-26 15:00"),
        ("去年3月到现在", "2025-03-01 00:00", "2026-11-26 15:00"),
        ("2023年至今", "2023-01-01 00:00", "2026-11-26 15:00"),
        ("2023年以来", "2023-01-01 00:00", "2026-11-26 15:00"),
        ("昨天开始", "2026-11-25 00:00", "2026-11-26 15:00"),
        ("2024年到2025年", "2024-01-01 00:00", "2026-01-01 00:00"),
        ("11月3日至11月10日", "2026-11-03 00:00", "2026-11-11 00:00"),
        ("2026年11月3日下午2:30", "2026-11-03 14:30", "2026-11-03 14:30"),
        ("2026-11-03", "2026-11-03 00:00", "2026-11-04 00:00"),
        ("二〇二六年三月", "2026-03-01 00:00", "2026-04-01 00:00"),
        ("上个月15号", "2026-10-15 00:00", "2026-10-16 00:00"),
        ("本月初", "2026-11-01 00:00", "2026-11-08 00:00"),
        ("2025年底", "2025-11-01 00:00", "2026-01-01 00:00"),
        ("今年上半年", "2026-01-01 00:00", "2026-07-01 00:00"),
        ("国庆期间", "2026-10-01 00:00", "2026-10-08 00:00"),
        ("去年国庆", "2025-10-01 00:00", "2025-10-09 00:00"),
        ("春节", "2026-02-15 00:00", "2026-02-24 00:00"),
        ("刚才", "2026-11-26 14:00", "2026-11-26 15:00"),
    ],
)
def test_what_is_known_has_its_bounds(text: str, begins: str, ends: str) -> None:
    assert bounds(text) == [(text, begins, ends)]


@pytest.mark.parametrize(
    "text",
    [
        "周六",
        "12月20日",
        "12月",
        "元旦",
        "2027年春节",
        "2月30日",
        "最近",
        "前几天",
        "晚上",
        "早上8点",
        "周末",
        "十几天",
        "当天晚上",
    ],
)
def test_what_cannot_be_known_has_no_bounds(text: str) -> None:
    assert bounds(text) == [(text, None, None)]


@pytest.mark.parametrize(
    "text",
    ["三年级", "一点也不管", "有两点建议", "80年代", "3号楼", "11号线", "早餐店", "周边", "周浦", "一次两次", "快一点"],
)
def test_what_is_no_time_is_not_found(text: str) -> None:
    assert bounds(text) == []


@pytest.mark.parametrize(
    ("text", "at", "begins", "ends"),
    [
        ("昨晚", "2026-01-01 00:00", "2025-12-31 18:00", "2026-01-01 00:00"),
        ("今晚", "2026-01-01 00:30", "2025-12-31 18:00", "2026-01-01 00:00"),
        ("今晚", "2026-01-01 05:00", "2026-01-01 18:00", "2026-01-02 00:00"),
        ("去年", "2025-12-31 23:59", "2024-01-01 00:00", "2025-01-01 00:00"),
        ("去年", "2026-01-01 00:00", "2025-01-01 00:00", "2026-01-01 00:00"),
        ("上个月", "2026-01-01 00:00", "2025-12-01 00:00", "2026-01-01 00:00"),
        ("12月", "2026-01-01 00:00", "2025-12-01 00:00", "2026-01-01 00:00"),
        ("上周", "2026-11-22 23:59", "2026-11-09 00:00", "2026-11-16 00:00"),
        ("上周", "2026-11-23 00:00", "2026-11-16 00:00", "2026-11-23 00:00"),
        ("上周日", "2026-11-23 00:00", "2026-11-22 00:00", "2026-11-23 00:00"),
        ("周四", "2026-11-26 00:00", "2026-11-26 00:00", "2026-11-27 00:00"),
        ("一个月前", "2026-03-31 12:00", "2026-02-01 00:00", "2026-03-01 00:00"),
        ("春节", "2026-02-15 00:00", "2026-02-15 00:00", "2026-02-24 00:00"),
        ("国庆", "2026-07-31 12:00", "2025-10-01 00:00", "2025-10-09 00:00"),
        ("昨天", "2024-03-01 08:00", "2024-02-29 00:00", "2024-03-01 00:00"),
    ],
)
def test_days_weeks_months_and_years_turn_at_midnight(text: str, at: str, begins: str, ends: str) -> None:
    assert bounds(text, at) == [(text, begins, ends)]


@pytest.mark.parametrize(
    ("text", "at"), [("周四", "2026-11-25 23:59"), ("国庆", "2026-09-20 12:00"), ("春节", "2026-01-10 12:00")]
)
def test_what_may_be_past_or_to_come_stays_open(text: str, at: str) -> None:
    assert bounds(text, at) == [(text, None, None)]


@pytest.mark.parametrize(
    ("text", "every", "of_day"),
    [
        ("每天半夜", "day", (1380, 300)),
        ("每天晚上十点", "day", (1320, 1320)),
        ("每天早上8点到晚上10点", "day", (480, 1320)),
        ("每周三上午", "week", (480, 720)),
        ("每个月15号", "month", None),
        ("每年夏天", "year", None),
        ("周末", "weekend", None),
        ("节假日", "holiday", None),
        ("周一到周五", "workday", None),
    ],
)
def test_what_comes_back_says_how_often(text: str, every: str, of_day: tuple[int, int] | None) -> None:
    (found,) = times(text, local(AT))
    assert (found.kind, found.every, found.of_day) == (TimeKind.RECURRING, every, of_day)


@pytest.mark.parametrize(
    ("text", "length", "at_least"),
    [
        ("两个小时", timedelta(hours=2), False),
        ("一个半月", timedelta(days=45), False),
        ("两年多", timedelta(days=730), True),
        ("三个多月", timedelta(days=90), True),
        ("十几天", timedelta(days=11), True),
    ],
)
def test_a_length_has_no_place_in_the_calendar(text: str, length: timedelta, *, at_least: bool) -> None:
    (found,) = times(text, local(AT))
    assert (found.kind, found.begins_at, found.at_least) == (TimeKind.DURATION, None, at_least)
    assert timedelta(minutes=found.minutes or 0) == length


def test_the_bounds_are_utc() -> None:
    (found,) = times("昨晚十点", local(AT))
    assert found.begins_at == datetime(2026, 11, 25, 14, 0, tzinfo=UTC)
    assert found.begins_at.tzinfo is UTC


def test_the_same_moment_in_another_zone_says_the_same() -> None:
    assert times("昨晚十点", local(AT)) == times("昨晚十点", local(AT).astimezone(UTC))


_WORDS = st.sampled_from([*"今昨明上下周月日年点半三十两前后到每天晚早0123456789: -号", "国庆", "小时", "以来", "现在"])


@settings(deadline=None, max_examples=300)
@given(st.lists(_WORDS, max_size=14).map("".join), st.integers(min_value=0, max_value=3_700_000_000))
def test_any_row_of_time_words_is_read_without_an_error_and_in_order(text: str, second: int) -> None:
    found = times(text, datetime.fromtimestamp(second, UTC))
    for one in found:
        assert 0 <= one.start < one.end <= len(text)
        assert (one.begins_at is None) == (one.ends_at is None)
        assert one.begins_at is None or one.ends_at is None or one.begins_at <= one.ends_at
    assert all(first.end <= second.start for first, second in pairwise(found))


def test_a_number_that_begins_the_next_word_is_no_minute() -> None:
    assert bounds("昨晚十点一下雨就积水") == [("昨晚十点", "2026-11-25 22:00", "2026-11-25 22:00")]
    assert bounds("昨晚十点二十五分停电") == [("昨晚十点二十五分", "2026-11-25 22:25", "2026-11-25 22:25")]
