"""The administrator's page of the model, in whole sentences and at two widths."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from fastapi import FastAPI

from city.types import Matter
from dashboards import app as pages
from dashboards.admin import model
from dashboards.admin.routes import router
from dashboards.queries.names import Names
from hotline.drift import Confusion, Drift
from hotline.drift_rules import Week, compared
from hotline.model_report import ModelReport
from hotline.model_shelf import Shelved
from nlu.registry import ModelCard
from plumbing.clock import MovableClock
from tickets.ports import Ports

NOW = datetime(2026, 7, 10, 2, tzinfo=UTC)
CARD = ModelCard(
    engine="embedded",
    version="1f2e3d4c5b6a7988",
    label="matter",
    n=14920,
    n_features=120_000,
    classes=("0101", "0801"),
    thresholds={"95": 0.7},
    figures={"accuracy": 0.887, "ece": 0.016},
    settings={},
    trained_at="2026-03-02T01:00:00+00:00",
    intervals={"accuracy": (0.882, 0.892)},
    subgroups=({"kind": "phrasing", "name": "老年人口吻", "n": 172, "accuracy": 0.85, "low": 0.79, "high": 0.9},),
    limits=("数字来自训练数据的交叉验证。",),
)


def week(number: int, **changes: Any) -> Week:
    values: dict[str, Any] = {
        "week": f"2026-W{number:02}",
        "monday": date.fromisocalendar(2026, number, 1),
        "n": 400,
        "n_read": 400,
        "abstained": 0.1,
        "confidence": 0.9,
        "n_corrected": 8,
        "n_returned": 3,
        "n_ruled": 1,
        "corrected": 0.03,
        "unknown": 0.02,
        "matters": {"0101": 200, "0801": 200},
    }
    return Week(**values | changes)


def told(*, empty: bool = False, fault: str | None = None) -> ModelReport:
    weeks = () if empty else compared([week(7, n=0), week(8), week(9), week(10, abstained=0.3)], {"0101": 9, "0801": 9})
    confusions = () if empty else (Confusion(answered="0801", placed="0101", unit="cgzf", n=7),)
    shelf = (Shelved(version=CARD.version, in_use=True, trained_at=CARD.trained_at, n=CARD.n, n_classes=2),)
    kept = (Shelved(version="0011223344556677", in_use=False, fault="模型的格式与本程序不符；请重新训练。"),)
    promoted = {"at": "2026-03-02T02:00:00+00:00", "what": "promoted", "version": CARD.version, "accuracy": [0.8, 0.9]}
    refused = {"at": "2026-03-01T02:00:00+00:00", "what": "not_promoted", "before": "00", "reasons": ["还差 40 张。"]}
    return ModelReport(
        card=None if fault else CARD,
        fault=fault,
        drift=Drift(weeks=weeks, confusions=confusions, sample=False),
        shelf=() if empty else shelf + kept,
        history=() if empty else (promoted | {"n_judged": 240}, refused),
    )


@dataclass
class Desk:
    """The page with a report that the test chooses."""

    office: Any
    report: ModelReport | None = None

    def page(self, report: ModelReport | None) -> str:
        self.report = report
        answer = self.office.get("/admin/model")
        assert answer.status_code == 200
        return str(answer.text)


@pytest.fixture
def desk(office: Any) -> Desk:
    found = Desk(office)
    nobody: Any = None
    extra = {"model": lambda: found.report}
    ports = Ports(intake=nobody, desk=nobody, follow=nobody, meetings=nobody, extra=extra)
    app = FastAPI()
    app.include_router(pages.router(ports, database=office.database, clock=MovableClock(NOW)))
    app.include_router(router(ports))
    office.app = app
    return found


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_page_tells_the_weeks_the_confusions_and_the_model(desk: Desk) -> None:
    text = words(desk.page(told()))
    for said in (
        "交人工的比例比前几周高 20 个百分点",
        "2026-W10",
        "30.0%",
        "城管执法局",
        "0.887 （0.882 – 0.892）",
        "老年人口吻",
        "数字来自训练数据的交叉验证。",
        "准确率 0.800 → 0.900，240 张",
        "还差 40 张。",
        "2026-03-02 09:00",
        "模型的格式与本程序不符",
    ):
        assert said in text
    assert "W08" in text
    assert "W07" not in text


def test_a_champion_of_the_engine_transformer_stands_there_with_its_engine(desk: Desk) -> None:
    report = told()
    used, kept = report.shelf
    line = {"at": CARD.trained_at, "what": "promoted", "version": CARD.version, "engines": ["embedded", "transformer"]}
    same = line | {"engines": ["transformer", "transformer"]}
    shelf = (replace(used, engine="transformer"), kept)
    card = replace(CARD, engine="transformer", figures=CARD.figures | {"int8_agreement": 0.98, "asked": 0.4})
    text = words(desk.page(replace(report, card=card, shelf=shelf, history=(line, same))))
    assert "在用 神经网络模型 2026-03-02 09:00" in text
    assert "内置模型 → 神经网络模型" in text
    assert "神经网络模型 → 神经网络模型" not in text


def test_a_sentence_of_the_card_names_the_matters_whose_codes_it_lists() -> None:
    names = Names(matters={"0607": Matter(code="0607", name="停水", parent=None)})
    said = "2 个类别不足 10 条，基本靠不住：0607、0999等。"
    assert model.named(said, names) == "2 个类别不足 10 条，基本靠不住：停水、0999等。"
    assert model.named("长度“短”明显较差：0.862（7619 条），整体 0.886。", names).startswith(
        "长度“短”明显较差：0.862（7619 条）"
    )


def test_a_line_is_drawn_with_its_figures_for_a_screen_reader(desk: Desk) -> None:
    html = desk.page(told())
    assert 'aria-label="交人工的比例，由旧到新：10.0%、10.0%、30.0%"' in html
    assert model.line([0.5, None]) == ""
    assert model.line([0.0, None, 1.0]).split() == ["2.0,25.0", "118.0,3.0"]


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (None, "hotline nlu models"),
        (told(empty=True), "这几周没有改派、退单或裁定"),
        (told(fault="模型 model 的格式是 2，本程序只读格式 3；请重新训练。"), "请重新训练"),
    ],
)
def test_without_a_model_or_tickets_the_page_says_what_to_do(desk: Desk, report: ModelReport | None, said: str) -> None:
    assert said in words(desk.page(report))


@pytest.mark.parametrize("login", ["dispatcher", "leader", "centre"])
def test_only_the_administrator_sees_it(desk: Desk, login: str) -> None:
    desk.report = told()
    assert desk.office.become(login).get("/admin/model").status_code == 403


def test_the_page_stands_in_the_list_of_sections(office: Any) -> None:
    assert 'href="/admin/model"' in office.get("/admin").text
