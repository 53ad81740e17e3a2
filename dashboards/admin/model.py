"""The page of the model: how good it is, whether the city has moved on, what people correct, and what was done with it."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response

from dashboards import pages
from dashboards.admin.page import Admin, show
from dashboards.queries.names import Names
from dashboards.times import SHANGHAI

Report = Callable[[], Any]
"""Gives a hotline.model_report.ModelReport."""

_WIDTH, _HEIGHT = 120, 28
_LISTED = re.compile(r"(?<=[：、])[0-9A-Za-z_]+(?=[、等。])")
"""A code in a list of codes."""

FIGURES = (
    ("accuracy", "准确率"),
    ("top3", "前三含正确"),
    ("macro_f1", "宏平均F1"),
    ("ece", "校准误差"),
    ("coverage_at_95", "正确率95%时的作答比例"),
)
LINES = (
    ("abstained", "交人工的比例", True),
    ("confidence", "平均把握", False),
    ("corrected", "改派、退单、裁定的比例", True),
    ("unknown", "语料里没有的词", True),
)
KINDS = {"length": "长度", "channel": "渠道", "phrasing": "口吻", "noise": "书写"}
CHANNELS = {"phone": "电话", "sms": "短信", "wechat": "微信", "web": "网页", "counter": "窗口", "api": "接口"}
DEEDS = {"promoted": "换用新模型", "not_promoted": "未换用", "rolled_back": "换回旧模型"}


def routes(report: Report | None) -> APIRouter:
    """/admin/model, for administrators. None = this program has no model of its own to tell of."""
    router = APIRouter(prefix="/admin", route_class=pages.PageRoute)

    @router.get("/model")
    def model(request: Request, viewer: Admin) -> Response:
        """The card, the weeks and the history."""
        found = report() if report is not None else None
        return show(
            request,
            viewer,
            "model.html",
            report=found,
            weeks=_told(found.drift.weeks) if found is not None else (),
            figures=FIGURES,
            lines=LINES,
            kinds=KINDS,
            channels=CHANNELS,
            deeds=DEEDS,
            line=line,
            moment=moment,
            named=named,
        )

    return router


def _told(weeks: Sequence[Any]) -> Sequence[Any]:
    """The weeks from the first with a message on: before a hotline began there is nothing to tell."""
    first = next((place for place, week in enumerate(weeks) if week.n), len(weeks))
    return weeks[first:]


def line(values: Sequence[float | None], *, top: float | None = None) -> str:
    """The points of a line through the known values, for an SVG polyline; empty for fewer than two."""
    known = [(place, value) for place, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return ""
    highest = max(top or 0.0, *(value for _, value in known), 0.01)
    step = (_WIDTH - 4) / max(1, len(values) - 1)
    return " ".join(f"{2 + place * step:.1f},{_HEIGHT - 3 - (_HEIGHT - 6) * v / highest:.1f}" for place, v in known)


def named(sentence: str, names: Names) -> str:
    """A sentence of a card with the names of the matters whose codes it lists."""
    return _LISTED.sub(lambda found: names.matter(found[0]), sentence)


def moment(iso: str | None) -> str:
    """An instant of a card or of the history in Shanghai: 2026-03-02 09:00; 不详 when there is none."""
    if not iso:
        return "不详"
    return datetime.fromisoformat(iso).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
