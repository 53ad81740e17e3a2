"""Every figure of the board as data: its code, its Chinese name, its formula in a sentence, and the query of its cases."""

from dataclasses import dataclass

from dashboards.board import cases
from dashboards.board.cases import Cases
from sla.types import ClockKind

MINIMUM_SAMPLE = 5
"""Below this many cases a unit gets no band: one late ticket would decide it. A proposal of this project."""

BANDS: tuple[tuple[str, float], ...] = (("A", 0.95), ("B", 0.85), ("C", 0.0))
"""Band and the share from which it begins. A proposal of this project; no source names thresholds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A figure. `kind` is count (a number of cases), share (0 to 1), score (mean weight, 0 to 1) or mean.

    `top` and `bottom` name numerator and denominator; `better` is "high", "low" or "" when neither is.
    """

    code: str
    name: str
    kind: str
    top: str
    bottom: str
    formula: str
    cases: Cases
    better: str = ""
    group: str = "volume"


GROUPS: dict[str, str] = {
    "volume": "概况",
    "time": "时效",
    "resident": "市民怎么说",
    "dispatch": "派单与退单",
}

_DUE = "时限在本期内、且已经到期的才计入；到期前被退回、并单或撤单的不计；每家单位只算自己手里的时间。"

METRICS: tuple[Metric, ...] = (
    Metric(
        code="volume",
        name="受理量",
        kind="count",
        top="受理工单",
        bottom="受理工单",
        formula="本期内开立的工单数。",
        cases=cases.opened,
    ),
    Metric(
        code="closed",
        name="办结量",
        kind="count",
        top="办结工单",
        bottom="办结工单",
        formula="本期内办结、由单位主办的工单数；重办后再次办结的只算一次。",
        cases=cases.closed,
    ),
    Metric(
        code="repeat_rate",
        name="重复诉求率",
        kind="share",
        top="被并入其他工单的",
        bottom="受理工单",
        formula="本期受理的工单中，被并入其他工单的 ÷ 本期受理的工单。",
        cases=cases.merged,
        better="low",
    ),
    Metric(
        code="accept_on_time",
        name="及时签收率",
        kind="share",
        top="时限内签收",
        bottom="到期的签收时限",
        formula="时限内签收的派单 ÷ 签收时限到期的派单。" + _DUE,
        cases=cases.due(ClockKind.ACCEPT),
        better="high",
        group="time",
    ),
    Metric(
        code="on_time_rate",
        name="按时办结率",
        kind="share",
        top="时限内办结",
        bottom="到期的办结时限",
        formula="时限内反馈办理结果的 ÷ 办结时限到期的。" + _DUE,
        cases=cases.due(ClockKind.FINISH),
        better="high",
        group="time",
    ),
    Metric(
        code="rework_on_time",
        name="按时重办率",
        kind="share",
        top="时限内重办",
        bottom="到期的重办时限",
        formula="时限内完成重办的 ÷ 重办时限到期的。" + _DUE,
        cases=cases.due(ClockKind.REWORK),
        better="high",
        group="time",
    ),
    Metric(
        code="promise_on_time",
        name="对市民承诺兑现率",
        kind="share",
        top="承诺时限内有结果",
        bottom="到期的承诺",
        formula="承诺时限内给出结果的工单 ÷ 承诺时限到期的工单。争议、退单不会让这个时限停下；由热线总体负责，不分到单位。",
        cases=cases.promised,
        better="high",
        group="time",
    ),
    Metric(
        code="response_rate",
        name="响应率",
        kind="share",
        top="市民说联系过",
        bottom="接通的回访和市民自评",
        formula="市民说承办单位联系过的 ÷ 接通的回访和市民自评。没有说的不算联系过。",
        cases=cases.responded,
        better="high",
        group="resident",
    ),
    Metric(
        code="solve_rate",
        name="解决率",
        kind="share",
        top="市民说解决了",
        bottom="接通的回访和市民自评",
        formula="市民说已解决的 ÷ 接通的回访和市民自评。",
        cases=cases.solved,
        better="high",
        group="resident",
    ),
    Metric(
        code="satisfied_rate",
        name="满意率",
        kind="share",
        top="市民打4分或5分",
        bottom="接通的回访和市民自评",
        formula="打4分或5分的 ÷ 接通的回访和市民自评。没有打分不算满意，没有接通不计入。",
        cases=cases.satisfied,
        better="high",
        group="resident",
    ),
    Metric(
        code="satisfaction_rate",
        name="加权满意度",
        kind="score",
        top="权重之和",
        bottom="接通的回访和市民自评",
        formula="各次评价的权重之和 ÷ 接通的回访和市民自评；5分计1，4分计0.75，3分计0.5，2分计0.25，1分和没有打分计0（权重为本系统建议值）。",
        cases=cases.satisfaction,
        better="high",
        group="resident",
    ),
    Metric(
        code="first_contact_rate",
        name="先行联系率",
        kind="share",
        top="市民说联系过",
        bottom="问到这一项的",
        formula="市民说承办单位联系过的 ÷ 明确回答了“是否联系过”的。",
        cases=cases.contacted,
        better="high",
        group="resident",
    ),
    Metric(
        code="real_solve_rate",
        name="实际解决率",
        kind="share",
        top="市民确认已解决",
        bottom="确认解决＋依法解释",
        formula="市民确认已解决的 ÷（市民确认已解决的＋依法无法办理、已解释说明的）。没有人确认过的办结不计入。",
        cases=cases.really_solved,
        better="high",
        group="resident",
    ),
    Metric(
        code="callback_reached_rate",
        name="回访接通率",
        kind="share",
        top="接通",
        bottom="回访次数",
        formula="接通的回访 ÷ 打出的回访。接不通的只在这里出现，不会变成满意。",
        cases=cases.reached,
        better="high",
        group="resident",
    ),
    Metric(
        code="rework_rate",
        name="重办率",
        kind="share",
        top="需要重办的",
        bottom="办结工单",
        formula="曾因回访未解决或市民要求而重办的 ÷ 本期办结、由单位主办的工单。",
        cases=cases.reworked,
        better="low",
        group="resident",
    ),
    Metric(
        code="first_dispatch_ok",
        name="一次派单成功率",
        kind="share",
        top="没有换过单位的",
        bottom="首次派单",
        formula="首次派单后没有退单、争议或改派的 ÷ 本期首次派单（截至现在）。",
        cases=cases.kept,
        better="high",
        group="dispatch",
    ),
    Metric(
        code="return_rate",
        name="退单率（获准）",
        kind="share",
        top="获准退单",
        bottom="派单次数",
        formula="获准退单的派单 ÷ 本期派到单位的次数（首派、改派、退单后再派、回流、协办；截至现在）。",
        cases=cases.returned,
        better="low",
        group="dispatch",
    ),
    Metric(
        code="return_requested_rate",
        name="退单率（申请）",
        kind="share",
        top="申请过退单",
        bottom="派单次数",
        formula="接单单位申请过退单的派单，不论是否获准 ÷ 本期派到单位的次数（截至现在）。",
        cases=cases.return_requested,
        better="low",
        group="dispatch",
    ),
    Metric(
        code="dispute_rate",
        name="退单成争议率",
        kind="share",
        top="进入联席会议",
        bottom="退单申请和清单争议",
        formula="其中进入联席会议的 ÷ 本期的退单申请，加上清单重叠或空白直接引起的争议。",
        cases=cases.disputed,
        better="low",
        group="dispatch",
    ),
    Metric(
        code="dispatch_hops",
        name="平均流转次数",
        kind="mean",
        top="派单次数合计",
        bottom="首次派单的工单",
        formula="主办环节的派单次数合计 ÷ 本期首次派单的工单（截至现在）；一次到位为1。",
        cases=cases.hops,
        better="low",
        group="dispatch",
    ),
    Metric(
        code="red_now",
        name="已超时",
        kind="share",
        top="亮红灯",
        bottom="单位在办环节",
        formula="此刻至少有一项时限已过的 ÷ 此刻单位手里计时的办理环节。与所选时间段无关。",
        cases=cases.lit("red"),
        better="low",
        group="volume",
    ),
    Metric(
        code="amber_now",
        name="即将超时",
        kind="share",
        top="亮黄灯",
        bottom="单位在办环节",
        formula="已发出预警、尚未超时的 ÷ 此刻单位手里计时的办理环节。与所选时间段无关；何时预警由时限政策规定。",
        cases=cases.lit("amber"),
        better="low",
        group="volume",
    ),
)

BY_CODE: dict[str, Metric] = {metric.code: metric for metric in METRICS}


def value(numerator: float, denominator: int) -> float | None:
    """Numerator over denominator; None when there is no case."""
    return None if denominator == 0 else numerator / denominator


def band(numerator: float, denominator: int) -> str | None:
    """A, B or C; None below the minimum sample."""
    if denominator < MINIMUM_SAMPLE:
        return None
    share = numerator / denominator
    return next(name for name, from_share in BANDS if share >= from_share)
