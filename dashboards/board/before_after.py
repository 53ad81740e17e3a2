"""How long things took before a process was rebuilt, beside what is measured now.

Source of the figures "before": the case study of Xuhui's re-engineering of its government processes from 2003 on.
"""

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from dashboards.board.breakdowns import durations
from dashboards.board.period import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """A process of the case study. `matter` is the code that its tickets have in Xuhui's pack under `matter_name`;
    `several` = only tickets with supporting units count."""

    code: str
    name: str
    matter: str
    matter_name: str
    before: str
    aim: str
    several: bool = False


REBUILT: tuple[Rebuilt, ...] = (
    Rebuilt(
        code="wall_shop",
        name="破墙开店处置",
        matter="0101",
        matter_name="破墙开店与违法搭建",
        before="10天以上，经四个层级",
        aim="街道回应中心当天处置",
    ),
    Rebuilt(
        code="demolition",
        name="多单位联合拆违",
        matter="0101",
        matter_name="破墙开店与违法搭建",
        before="十余天，各单位先后办理",
        aim="2天，各单位同时办理",
        several=True,
    ),
    Rebuilt(
        code="unemployment",
        name="失业救济办理",
        matter="0902",
        matter_name="社保与失业救济",
        before="15天",
        aim="当天",
    ),
)


def measured(session: Session, period: Period) -> list[dict[str, Any]]:
    """Each rebuilt process with how many of its tickets were closed in the period and their median hours, or None."""
    return [
        {
            "code": one.code,
            "name": one.name,
            "matter": one.matter,
            "matter_name": one.matter_name,
            "before": one.before,
            "aim": one.aim,
            **durations(session, period, (one.matter,), supported=one.several),
        }
        for one in REBUILT
    ]
