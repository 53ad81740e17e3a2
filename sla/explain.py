"""Why a deadline is what it is, in Chinese sentences for a person."""

from collections.abc import Sequence
from datetime import datetime

from city.types import Limit, Policy, TimeUnit
from sla.calendar import WorkingCalendar
from sla.deadlines import seconds_of
from sla.fold import Fold
from sla.ladder import timers
from sla.reactions import apply
from sla.types import HOTLINE, MEETING, RESIDENT, Clock, ClockKind, ClockState
from tickets.types import Event, EventKind

E, K, S = EventKind, ClockKind, ClockState

_KINDS: dict[ClockKind, str] = {
    K.PROMISE: "办结承诺",
    K.TRIAGE: "派单",
    K.ACCEPT: "签收",
    K.CONTACT: "先行联系",
    K.FINISH: "办结",
    K.RETURN_WINDOW: "申请退单",
    K.WAIT: "等待市民补充",
    K.CALLBACK: "回访",
    K.REWORK: "重办",
    K.RULING: "联席会议办公室裁定",
    K.PLENARY: "联席会议全体会议裁定",
    K.REVIEW: "审核",
}
_HOLDERS = {HOTLINE: "热线", RESIDENT: "市民", MEETING: "联席会议"}
_STATES: dict[ClockState, str] = {
    S.RUNNING: "计时中",
    S.PAUSED: "暂停",
    S.MET: "按时",
    S.MISSED: "超时",
    S.STOPPED: "终止，不作评价",
}
_STEPS = {"amber": "黄灯", "red": "红灯", "notice": "通报", "repeat": "反复提醒"}
_HEARERS = {
    "lead": "承办单位负责人",
    "dispatcher": "派单员",
    "supervisor": "督查室",
    "leader": "领导",
    "duty": "值班员",
}
_EVENTS: dict[EventKind, str] = {
    E.OPENED: "受理",
    E.DECIDED: "确定事项和时限档",
    E.ASKED: "请市民补充",
    E.SUPPLIED: "市民已补充",
    E.WAIT_ENDED: "不再等待市民补充",
    E.DISPATCHED: "派单",
    E.REASSIGNED: "改派",
    E.LEG_ADDED: "增加协办",
    E.ANSWERED: "热线直接答复",
    E.REFUSED: "不予受理并告知",
    E.ACCEPTED: "签收",
    E.CONTACTED: "先行联系",
    E.REPLIED: "承办单位反馈",
    E.SETTLED: "当场办结",
    E.RETURN_REQUESTED: "申请退单",
    E.RETURN_APPROVED: "同意退单并改派",
    E.RETURN_REFUSED: "不同意退单",
    E.DISPUTED: "提交联席会议",
    E.INTERIM_APPOINTED: "指定先行受理",
    E.INTERIM_RELEASED: "先行受理结束",
    E.RULED: "联席会议裁定",
    E.REFLOWED: "按裁定派单",
    E.EXTENSION_GRANTED: "同意延期",
    E.HOLD_GRANTED: "同意挂起",
    E.HOLD_ENDED: "挂起结束",
    E.REPLY_PASSED: "反馈通过审核",
    E.REPLY_REJECTED: "反馈未通过审核",
    E.CALLED_BACK: "回访",
    E.REWORK_ORDERED: "要求重办",
    E.REOPENED: "市民要求重新办理",
    E.CLOSED: "办结",
    E.WITHDRAWN: "市民撤单",
    E.INVALIDATED: "认定无效",
    E.TRANSFERRED: "紧急转接",
    E.ARCHIVED: "归档",
    E.MERGED: "并单",
    E.UNMERGED: "撤销并单",
    E.NOTED: "承接并入工单的承诺",
}


def explain(clock: Clock, events: Sequence[Event], *, policy: Policy, calendar: WorkingCalendar) -> list[str]:
    """One line for each thing that made `clock` what it is: its limit, every event that moved it, its end, its ladder.

    `events` are the ticket's whole history. Times are the calendar zone's. The last line warns when computing it
    anew with this policy and calendar gives something else than what is stored.
    """
    lines = [_title(clock), *_limit(clock, policy, calendar)]
    opened_at = events[0].at if events else clock.started_at
    fold = Fold({}, opened_at=opened_at, profile=clock.profile, policy=policy, calendar=calendar)
    for event in events:
        was = fold.clocks.get(clock.id)
        apply(fold, event)
        now = fold.clocks.get(clock.id)
        if now is not None and now != was:
            name = _EVENTS.get(event.kind, event.kind)
            lines.append(f"{_time(event.at, calendar)} {name}（第{event.seq}条）：{_change(was, now, calendar)}。")
    lines.append(_standing(clock, calendar))
    lines += _ladder(clock, policy, calendar)
    again = fold.clocks.get(clock.id)
    if again is None or (again.state, again.due_at) != (clock.state, clock.due_at):
        told = "没有这个时钟。" if again is None else _standing(again, calendar)
        lines.append(f"注意：用政策{policy.version}和日历{calendar.version}重算，结果不同：{told}")
    return lines


def _title(clock: Clock) -> str:
    return (
        f"{_KINDS[clock.kind]}时限（{clock.id}），计入{_HOLDERS.get(clock.holder, clock.holder)}的时间；"
        f"时限档{clock.profile}，政策{clock.policy_version}，日历{clock.calendar_version}。"
    )


def _limit(clock: Clock, policy: Policy, calendar: WorkingCalendar) -> list[str]:
    profile = policy.profiles.get(clock.profile)
    limit = None if profile is None else profile.limits.get(clock.kind)
    if limit is None:
        return [f"政策{policy.version}中没有这个时限。"]
    return [f"时限为{_limit_words(limit, calendar)}，依据：{limit.source}。"]


def _limit_words(limit: Limit, calendar: WorkingCalendar) -> str:
    words = _duration(seconds_of(limit, calendar), limit.unit, calendar)
    return words if limit.unit is TimeUnit.WORKING else f"{words}（不分昼夜和节假日）"


def _change(was: Clock | None, now: Clock, calendar: WorkingCalendar) -> str:
    if now.state is S.PAUSED:
        return f"暂停，{_rest(now, calendar)}"
    if now.state is not S.RUNNING:
        return f"{_STATES[now.state]}（期限{_due(now, calendar)}）"
    if was is None:
        return f"开始计时，期限{_due(now, calendar)}"
    if was.state is S.RUNNING and was.due_at == now.due_at:
        return "答复已作出，等待审核和回访" if now.answered_at else f"仍须答复，期限{_due(now, calendar)}"
    if was.state is S.RUNNING:
        return f"期限由{_due(was, calendar)}改为{_due(now, calendar)}"
    return f"恢复计时，期限{_due(now, calendar)}"


def _standing(clock: Clock, calendar: WorkingCalendar) -> str:
    if clock.state is S.PAUSED:
        return f"现状：暂停，{_rest(clock, calendar)}。"
    words = f"现状：{_STATES[clock.state]}，期限{_due(clock, calendar)}"
    if clock.ended_at is not None:
        words += f"，结束于{_time(clock.ended_at, calendar)}"
    if clock.provisional:
        words += f"（暂定：{calendar.spec.published_until:%Y-%m-%d}以后的节假日安排尚未公布）"
    return words + "。"


def _ladder(clock: Clock, policy: Policy, calendar: WorkingCalendar) -> list[str]:
    profile = policy.profiles.get(clock.profile)
    hearers = {step.name: step.to for step in profile.ladder.get(clock.kind, ())} if profile is not None else {}
    return [
        f"{_STEPS.get(timer.step, timer.step)}：{_time(timer.fire_at, calendar)}，"
        f"通知{'、'.join(_HEARERS.get(who, who) for who in hearers[timer.step])}。"
        for timer in timers(clock, since=clock.started_at, policy=policy, calendar=calendar)
    ]


def _due(clock: Clock, calendar: WorkingCalendar) -> str:
    return "未定" if clock.due_at is None else _time(clock.due_at, calendar)


def _rest(clock: Clock, calendar: WorkingCalendar) -> str:
    left = clock.remaining_seconds or 0
    word = "剩余" if left >= 0 else "已超时"
    return f"{word}{_duration(abs(left), clock.unit, calendar)}"


def _time(at: datetime, calendar: WorkingCalendar) -> str:
    local = at.astimezone(calendar.zone)
    return f"{local:%Y-%m-%d %H:%M:%S}" if local.second else f"{local:%Y-%m-%d %H:%M}"


def _duration(seconds: int, unit: TimeUnit, calendar: WorkingCalendar) -> str:
    working = unit is TimeUnit.WORKING
    days, rest = divmod(seconds, calendar.standard_day_seconds if working else 86_400)
    hours, rest = divmod(rest, 3600)
    minutes, rest = divmod(rest, 60)
    named = ((days, "个工作日" if working else "天"), (hours, "小时"), (minutes, "分钟"), (rest, "秒"))
    words = "".join(f"{n}{name}" for n, name in named if n)
    if not words:
        return "0分钟"
    return f"{words}（工作时间）" if working and not days else words
