"""Which event a ticket joins, when that warns, and how hot an event is. Tables of cases on a clock of their own."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.alike import sketch
from nlu.clusters import Candidate, Growth, Rules, Said, choose, commonest, growth, still_warned, warns
from nlu.heat import Heard, frail, heat, spark
from tickets.types import Urgency

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
RULES = Rules()
HOUR = timedelta(hours=1)


def candidate(no: str, text: str, cluster: str | None = None) -> Candidate:
    return Candidate(
        ticket_no=no, cluster=cluster, sketch=sketch(text, at=NOW - HOUR, matter="0601", place="大木桥路口")
    )


NEW = sketch("大木桥路口水管爆了，水漫到弄堂", at=NOW, matter="0601", place="大木桥路口")


def test_a_ticket_alone_finds_nothing() -> None:
    assert choose(NEW, [], rules=RULES) is None


def test_two_alike_found_an_event_and_a_third_joins_it() -> None:
    first = choose(NEW, [candidate("1", "大木桥路口水管爆裂，全是水")], rules=RULES)
    assert first is not None
    assert (first.cluster, first.with_no) == (None, "1")
    joined = choose(NEW, [candidate("1", "大木桥路口水管爆裂，全是水", "1")], rules=RULES)
    assert joined is not None
    assert joined.cluster == "1"


def test_who_was_taken_out_of_an_event_is_not_put_back() -> None:
    assert (
        choose(NEW, [candidate("1", "大木桥路口水管爆裂，全是水", "1")], parted=frozenset({"1"}), rules=RULES) is None
    )


def test_one_odd_member_does_not_draw_its_likes_into_an_event() -> None:
    strange = [Candidate(ticket_no=str(n), cluster="9", sketch=sketch("咨询退休手续怎么办", at=NOW)) for n in (2, 3)]
    assert choose(NEW, [candidate("1", "大木桥路口水管爆了，水漫到弄堂", "9"), *strange], rules=RULES) is None


def test_the_likest_decides_between_two_events() -> None:
    near, far = candidate("5", "大木桥路口水管爆了，水漫到弄堂", "5"), candidate("1", "大木桥路口水管爆裂，全是水", "1")
    found = choose(NEW, [far, near], rules=RULES)
    assert found is not None
    assert found.cluster == "5"


@pytest.mark.parametrize(
    ("n_callers", "warned", "step"),
    [(2, 0, None), (3, 0, 3), (4, 3, None), (5, 3, 5), (9, 5, 8), (40, 0, 20), (3, 5, None)],
)
def test_each_step_warns_once(n_callers: int, warned: int, step: int | None) -> None:
    assert warns(n_callers, warned, RULES) == step


@pytest.mark.parametrize(
    ("n_callers", "warned", "left"), [(3, 5, 5), (2, 5, 0), (4, 8, 3), (5, 8, 8), (0, 3, 0), (2, 3, 3)]
)
def test_a_step_may_warn_again_only_below_its_half(n_callers: int, warned: int, left: int) -> None:
    assert still_warned(n_callers, warned, RULES) == left


@given(st.lists(st.integers(0, 60), min_size=1, max_size=40))
def test_no_event_reaches_ten_callers_unwarned(counts: list[int]) -> None:
    warned = 0
    for n_callers in counts:
        warned = warns(n_callers, still_warned(n_callers, warned, RULES), RULES) or still_warned(
            n_callers, warned, RULES
        )
        assert n_callers < RULES.steps[0] or warned >= RULES.steps[0]


def test_growth_counts_callers_once_and_compares_the_last_hours_with_those_before() -> None:
    said = [
        Said(at=NOW - 73 * HOUR, caller="old"),
        Said(at=NOW - 3 * HOUR, caller="a"),
        Said(at=NOW - HOUR, caller="a"),
        Said(at=NOW - HOUR / 2, caller="b"),
        Said(at=NOW, caller="c"),
        Said(at=NOW + HOUR, caller="later"),
    ]
    assert growth(said, NOW, RULES) == Growth(n_callers=3, n_messages=4, rate=1.5, rate_before=0.5)


def heard(hours: float, caller: str, urgency: Urgency = Urgency.ROUTINE, street: str | None = "xietu") -> Heard:
    return Heard(at=NOW - hours * HOUR, caller=caller, urgency=urgency, street=street, frail=False)


def test_heat_follows_its_formula() -> None:
    found = heat([heard(24, "a"), heard(0, "b"), heard(0, "b", Urgency.CRITICAL, "tianping")], NOW, RULES)
    assert (found.callers, found.growth, found.reach, found.urgency, found.frailty) == (1.8, 2.0, 1.25, 2.0, 1.0)
    assert found.index == pytest.approx(100 * (1 - 2.718281828 ** (-1.8 * 2 * 1.25 * 2 / 25)), abs=0.05)


def test_heat_halves_in_a_day_and_rises_with_callers_not_with_repeats() -> None:
    many = [heard(1, str(n)) for n in range(5)]
    same = [heard(1, "a") for _ in range(5)]
    assert heat(many, NOW, RULES).index > heat(same, NOW, RULES).index > heat(same[:1], NOW, RULES).index
    later = heat(many, NOW + 24 * HOUR, RULES)
    assert later.callers == pytest.approx(heat(many, NOW, RULES).callers / 2, abs=0.01)
    assert heat([], NOW, RULES).index == 0


def test_old_and_ill_people_make_an_event_hotter() -> None:
    assert frail("楼里有八十岁老人要透析")
    assert not frail("路灯不亮")


def test_a_course_counts_every_message_once() -> None:
    times = [NOW, NOW + HOUR, NOW + 24 * HOUR]
    assert spark(times, times[0], times[-1]) == (1, 1, *[0] * 21, 1)
    assert spark([NOW, NOW], NOW, NOW, n=3) == (2, 0, 0)


def test_the_commonest_value_is_the_first_of_equals() -> None:
    assert commonest(["b", None, "a", "a", "b"]) == "b"
    assert commonest([None, ""]) is None
