"""A week beside the weeks before it: what is told, and what is warned of."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from city import store as city_store
from hotline.drift import drift
from hotline.drift_rules import LEAST, Week, compared
from hotline.reference import SHANGHAI
from tickets.types import Actor, Command, CommandKind, Role

FRIDAY = datetime(2026, 3, 13, 16, 40, tzinfo=SHANGHAI)
PLAIN = Week(
    week="2026-W01",
    monday=date(2025, 12, 29),
    n=500,
    n_read=500,
    abstained=0.10,
    confidence=0.90,
    n_corrected=10,
    n_returned=5,
    n_ruled=1,
    corrected=0.03,
    unknown=0.02,
    matters={"0101": 250, "0801": 250},
)


def weeks(**changes: Any) -> tuple[Week, ...]:
    """Four plain weeks and one more with the changes."""
    return compared([PLAIN, PLAIN, PLAIN, PLAIN, replace(PLAIN, **changes)], {"0101": 100, "0801": 100})


def test_plain_weeks_warn_of_nothing() -> None:
    found = weeks()
    assert [one.warnings for one in found] == [()] * 5
    assert found[0].psi is None
    assert found[-1].psi == pytest.approx(0, abs=1e-3)
    assert found[-1].from_training == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"abstained": 0.21}, "交人工的比例比前几周高 11 个百分点"),
        ({"confidence": 0.84}, "平均把握比前几周低 0.06"),
        ({"corrected": 0.12}, "每百张有 12 张被改派"),
        ({"unknown": 0.08}, "没有的词比前几周多 6 个百分点"),
        ({"matters": {"0101": 50, "0801": 250, "0904": 200}}, "事项分布与前几周明显不同"),
    ],
)
def test_each_change_is_warned_of_in_its_own_words(changes: dict[str, Any], told: str) -> None:
    [warning] = weeks(**changes)[-1].warnings
    assert told in warning


@pytest.mark.parametrize(
    "changes", [{"abstained": 0.19}, {"confidence": 0.86}, {"corrected": 0.10}, {"unknown": 0.06}, {"abstained": None}]
)
def test_what_lies_below_its_bar_is_not_warned_of(changes: dict[str, Any]) -> None:
    assert weeks(**changes)[-1].warnings == ()


def test_a_week_with_few_messages_moves_by_itself() -> None:
    assert weeks(n=LEAST - 1, abstained=0.9, confidence=0.2, corrected=0.5)[-1].warnings == ()
    assert weeks(matters={"1601": 50})[-1].psi is None


def of(database: Any, config: Any, now: datetime, **how: Any) -> Any:
    with database.reading() as session:
        directory = city_store.directory(session, on=now.astimezone(SHANGHAI).date())
        return drift(session, directory, corpus=config.pack / "nlu.yml", training={"0101": 5}, now=now, **how)


def test_the_sample_is_counted_only_where_there_is_nothing_else(small: Any) -> None:
    found = of(small.database, small.config, FRIDAY)
    assert found.sample
    assert [one.week for one in found.weeks[-2:]] == ["2026-W10", "2026-W11"]
    last = found.weeks[-1]
    understood = [e for events in small.events.values() for e in events if e.kind == "MessageUnderstood"]
    this_week = [e for e in understood if e.at.astimezone(SHANGHAI).date() >= date(2026, 3, 9)]
    assert last.n == last.n_read == len(this_week)
    assert last.abstained == pytest.approx(sum(e.data["abstain"] for e in this_week) / len(this_week), abs=1e-4)
    assert sum(last.matters.values()) == sum(bool(e.data["matters"]) for e in this_week)
    assert 0 < (last.unknown or 0) < 0.2
    assert of(small.database, small.config, FRIDAY, sample=False).weeks[-1].n == 0
    assert json.loads(json.dumps(found.plain(), default=str))["weeks"][-1]["monday"] == "2026-03-09"


def test_of_very_many_messages_an_even_part_is_looked_at(small: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    whole_week = of(small.database, small.config, FRIDAY).weeks[-1]
    monkeypatch.setattr("hotline.drift.MOST_READ", 10)
    part = of(small.database, small.config, FRIDAY).weeks[-1]
    assert part.n == whole_week.n > 10
    assert 5 <= part.n_read <= 10


def test_a_correction_is_a_confusion_and_counts_in_its_week(house_on: Any, database_url: str) -> None:
    house = house_on(database_url)
    body = {"channel": "api", "external_id": "d-1", "sender": "u1", "text": "康平路路灯不亮了三天"}
    number = house.client("operator").post("/api/v1/messages", json=body).json()["receipt_no"]
    house.settle()
    dispatcher = Actor(id="调度员甲", roles=frozenset({Role.DISPATCHER}))
    wish = {"unit": "shuiwu", "reason": "属于该单位职责"}
    house.runtime.desk.act(number, Command(kind=CommandKind.REASSIGN, actor=dispatcher, data=wish))
    centre = Actor(id="水务经办", roles=frozenset({Role.CENTRE}), unit="shuiwu")
    house.runtime.desk.act(number, Command(kind=CommandKind.ACCEPT, actor=centre))
    now = house.clock.now() + timedelta(hours=1)
    found = of(house.runtime.database, house.runtime.config, now, weeks=2)
    assert not found.sample
    assert [(one.n, one.n_corrected, one.corrected) for one in found.weeks] == [(0, 0, None), (1, 1, 1.0)]
    [one] = found.confusions
    assert (one.unit, one.n) == ("shuiwu", 1)
    assert one.answered
