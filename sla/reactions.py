"""What each kind of event does to which clocks: the table behind sla.rules.react.

The data that an event must bring is named beside its handler; a field in brackets may be missing.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from city.types import Limit, TimeUnit
from sla.fold import UNIT_KINDS, Fold, instant
from sla.types import HOTLINE, MEETING, RESIDENT, ClockKind, ClockState
from tickets.types import Event, EventKind, LegState

E, K = EventKind, ClockKind

_BEFORE_ACCEPTED = {None, LegState.DISPATCHED}


def apply(fold: Fold, event: Event) -> None:
    """Let one event go over the clocks. Raises KeyError when it lacks data that the table asks for."""
    handler = _HANDLERS.get(event.kind)
    if handler is not None:
        handler(fold, event, _leg(fold, event))


def _leg(fold: Fold, event: Event) -> str:
    """The leg that an event is about; without one, the lead, which is where the promise runs."""
    if event.leg is not None:
        return event.leg
    promise = fold.promise()
    return promise.leg if promise is not None else ""


def _opened(fold: Fold, event: Event, leg: str) -> None:
    """[profile]"""
    profile = event.data.get("profile") or fold.profile_of(leg)
    fold.start(K.PROMISE, event, leg=leg, holder=HOTLINE, profile=profile)
    fold.start(K.TRIAGE, event, leg=leg, holder=HOTLINE, profile=profile)


def _decided(fold: Fold, event: Event, leg: str) -> None:
    """[profile]: until the first dispatch, what routing decides also decides what the resident is promised."""
    profile = event.data.get("profile")
    if profile is None or fold.of(leg, *UNIT_KINDS):
        return
    promise = fold.promise()
    if promise is None:
        fold.start(K.PROMISE, event, leg=leg, holder=HOTLINE, profile=profile)
    for clock in fold.open(leg, K.PROMISE, K.TRIAGE):
        if clock.profile != profile:
            fold.retime(clock, profile)


def _asked(fold: Fold, event: Event, leg: str) -> None:
    at = instant(event)
    fold.pause(fold.open(leg, K.TRIAGE, K.PROMISE), at, "wait")
    fold.start(K.WAIT, event, leg=leg, holder=RESIDENT, profile=fold.profile_of(leg))


def _supplied(fold: Fold, event: Event, leg: str) -> None:
    fold.end(fold.open(leg, K.WAIT), instant(event))
    fold.resume(fold.open(leg), instant(event), "wait")


def _wait_ended(fold: Fold, event: Event, leg: str) -> None:
    """At its deadline the wait was missed; a dispatcher who goes on earlier stops it."""
    at = instant(event)
    for clock in fold.open(leg, K.WAIT):
        if at >= fold.due(clock):
            fold.miss([clock], at)
        else:
            fold.stop([clock], at, "wait")
    fold.resume(fold.open(leg), at, "wait")


def _dispatched(fold: Fold, event: Event, leg: str) -> None:
    """As below; a dispatcher who knows better than routing also changes what is promised, the first time."""
    _decided(fold, event, leg)
    _handed_over(fold, event, leg)


def _handed_over(fold: Fold, event: Event, leg: str) -> None:
    """unit, [profile, round, return_forbidden]: the clocks of whoever had the leg end, the unit's own begin."""
    at = instant(event)
    fold.end(fold.open(leg, K.TRIAGE, K.REVIEW), at)
    fold.stop(fold.open(leg, K.WAIT, *UNIT_KINDS), at, "handed_over")
    fold.resume(fold.open(leg), at, "wait")
    profile = event.data.get("profile") or fold.profile_of(leg)
    for kind in _kinds_of(event):
        if kind is not K.RETURN_WINDOW or not event.data.get("return_forbidden"):
            fold.start(kind, event, leg=leg, holder=event.data["unit"], profile=profile, n=event.data.get("round"))


def _answered(fold: Fold, event: Event, leg: str) -> None:
    """The hotline's own answer, or a refusal with the right way named."""
    fold.end(fold.open(leg, K.TRIAGE, K.REWORK), instant(event))
    fold.answered(instant(event))


def _kinds_of(event: Event) -> tuple[ClockKind, ...]:
    """A unit's own clocks. A supporting unit has no duty to call the resident: the lead does (先行联系)."""
    calls = () if event.data.get("role") == "support" else (K.CONTACT,)
    return (K.ACCEPT, *calls, K.FINISH, K.RETURN_WINDOW)


def _accepted(fold: Fold, event: Event, leg: str) -> None:
    fold.end(fold.open(leg, K.ACCEPT), instant(event))


def _contacted(fold: Fold, event: Event, leg: str) -> None:
    fold.end(fold.open(leg, K.CONTACT), instant(event))


def _replied(fold: Fold, event: Event, leg: str) -> None:
    at = instant(event)
    fold.end(fold.open(leg, K.ACCEPT, K.CONTACT, K.FINISH, K.REWORK), at)
    fold.stop(fold.open(leg, K.RETURN_WINDOW), at, "replied")
    fold.answered(at)
    fold.start(K.REVIEW, event, leg=leg, holder=HOTLINE, profile=fold.profile_of(leg))


def _return_requested(fold: Fold, event: Event, leg: str) -> None:
    """The return window runs on: it says until when one may ask, not how long one may work."""
    fold.pause(fold.open(leg, K.ACCEPT, K.CONTACT, K.FINISH, K.REWORK), instant(event), "return")
    fold.start(K.REVIEW, event, leg=leg, holder=HOTLINE, profile=fold.profile_of(leg))


def _return_refused(fold: Fold, event: Event, leg: str) -> None:
    """[state, pause_counts]. A leg that goes straight on to work can no longer be accepted (签收): the request
    for a return, which came in time or did not, was the unit's answer to the dispatch."""
    at = instant(event)
    fold.end(fold.open(leg, K.REVIEW), at)
    if event.data.get("state") not in _BEFORE_ACCEPTED:
        fold.end(fold.open(leg, K.ACCEPT), at)
    fold.resume(fold.open(leg), at, "return", counts=bool(event.data.get("pause_counts")))


def _disputed(fold: Fold, event: Event, leg: str) -> None:
    """The clocks of the unit that disputes stop; the promise to the resident does not."""
    at = instant(event)
    fold.end(fold.open(leg, K.REVIEW, K.TRIAGE), at)
    fold.stop(fold.open(leg, K.WAIT, *UNIT_KINDS), at, "dispute")
    fold.resume(fold.open(leg), at, "wait")
    for kind in (K.RULING, K.PLENARY):
        fold.start(kind, event, leg=leg, holder=MEETING, profile=fold.profile_of(leg))


def _ruled(fold: Fold, event: Event, leg: str) -> None:
    fold.end(fold.open(leg, K.RULING, K.PLENARY), instant(event))


def _released(fold: Fold, event: Event, leg: str) -> None:
    fold.stop(fold.open(leg), instant(event), "released")


def _extended(fold: Fold, event: Event, leg: str) -> None:
    """days or seconds, counted in each clock's own unit."""
    span = timedelta(seconds=event.data.get("seconds", 0))
    limit = Limit(unit=TimeUnit.WORKING, days=event.data.get("days", 0), span=span)
    fold.extend(fold.open(leg, K.FINISH, K.REWORK, K.PROMISE), limit, instant(event))


def _held(fold: Fold, event: Event, leg: str) -> None:
    fold.pause(fold.open(leg, K.FINISH, K.REWORK, K.PROMISE), instant(event), "hold")


def _hold_ended(fold: Fold, event: Event, leg: str) -> None:
    fold.resume(fold.open(leg), instant(event), "hold")


def _reply_passed(fold: Fold, event: Event, leg: str) -> None:
    """[state]: the leg of a support unit is closed by this; only the lead's is called back."""
    fold.end(fold.open(leg, K.REVIEW), instant(event))
    if event.data.get("state") != LegState.CLOSED:
        fold.start(K.CALLBACK, event, leg=leg, holder=HOTLINE, profile=fold.profile_of(leg))


def _reply_rejected(fold: Fold, event: Event, leg: str) -> None:
    """The unit's clock that the reply had ended runs on to the same deadline: a late rework stays late."""
    fold.end(fold.open(leg, K.REVIEW), instant(event))
    fold.unanswered()
    judged = [clock for clock in fold.of(leg, K.FINISH, K.REWORK) if clock.state in (ClockState.MET, ClockState.MISSED)]
    if judged:
        fold.reopen(max(judged, key=lambda clock: (clock.ended_at or clock.started_at, clock.kind is K.REWORK)))


def _called_back(fold: Fold, event: Event, leg: str) -> None:
    """[reached]: a call that reached nobody ends nothing."""
    if event.data.get("reached", True):
        fold.end(fold.open(leg, K.CALLBACK), instant(event))


def _rework(fold: Fold, event: Event, leg: str) -> None:
    """[state, unit]: what the hotline had answered itself comes back to its own desk, anything else is rework for
    the unit named or, without one, for the unit that had it last."""
    fold.end(fold.open(leg, K.REVIEW, K.CALLBACK), instant(event))
    last = fold.of(leg, *UNIT_KINDS)
    holder = event.data.get("unit") or (last[-1].holder if last else HOTLINE)
    kind = K.TRIAGE if event.data.get("state") == LegState.RECEIVED else K.REWORK
    fold.start(kind, event, leg=leg, holder=HOTLINE if kind is K.TRIAGE else holder, profile=fold.profile_of(leg))


def _closed(fold: Fold, event: Event, leg: str) -> None:
    """ticket_closed: whether no other leg is open. The promise is then judged by the last answer that stood, or by
    the closing if there was none: review and callback are the hotline's time, not the resident's answer."""
    at = instant(event)
    fold.end(fold.open(leg, K.TRIAGE, K.ACCEPT, K.CONTACT, K.FINISH, K.REWORK, K.REVIEW, K.CALLBACK), at)
    fold.stop(fold.open(leg, K.WAIT, K.RETURN_WINDOW, K.RULING, K.PLENARY), at, "closed")
    promise = fold.promise()
    if event.data["ticket_closed"] and promise is not None:
        fold.end(fold.open(None, K.PROMISE), at, judged_at=promise.answered_at)


def _dropped(fold: Fold, event: Event, _leg: str) -> None:
    """Withdrawn, invalid, transferred, archived: nothing runs on, on the event's leg or, without one, on any."""
    fold.stop(fold.open(event.leg), instant(event), "dropped")


def _merged(fold: Fold, event: Event, _leg: str) -> None:
    fold.merge(fold.open(event.leg), instant(event))


def _unmerged(fold: Fold, event: Event, _leg: str) -> None:
    """[promise_due]: the earlier of the two promises."""
    fold.unmerge(event.leg, instant(event))
    if promised := event.data.get("promise_due"):
        fold.pull(_moment(promised))


def _noted(fold: Fold, event: Event, _leg: str) -> None:
    """[promise_due_at]: the promise of a ticket that was merged into this one."""
    if promised := event.data.get("promise_due_at"):
        fold.pull(_moment(promised))


def _moment(iso: str) -> datetime:
    return datetime.fromisoformat(iso).replace(microsecond=0)


_HANDLERS: Mapping[EventKind, Callable[[Fold, Event, str], None]] = {
    E.OPENED: _opened,
    E.DECIDED: _decided,
    E.ASKED: _asked,
    E.SUPPLIED: _supplied,
    E.WAIT_ENDED: _wait_ended,
    E.DISPATCHED: _dispatched,
    E.REASSIGNED: _handed_over,
    E.RETURN_APPROVED: _handed_over,
    E.REFLOWED: _handed_over,
    E.LEG_ADDED: _handed_over,
    E.INTERIM_APPOINTED: _handed_over,
    E.ANSWERED: _answered,
    E.REFUSED: _answered,
    E.ACCEPTED: _accepted,
    E.CONTACTED: _contacted,
    E.REPLIED: _replied,
    E.SETTLED: _replied,
    E.RETURN_REQUESTED: _return_requested,
    E.RETURN_REFUSED: _return_refused,
    E.DISPUTED: _disputed,
    E.RULED: _ruled,
    E.INTERIM_RELEASED: _released,
    E.EXTENSION_GRANTED: _extended,
    E.HOLD_GRANTED: _held,
    E.HOLD_ENDED: _hold_ended,
    E.REPLY_PASSED: _reply_passed,
    E.REPLY_REJECTED: _reply_rejected,
    E.CALLED_BACK: _called_back,
    E.REWORK_ORDERED: _rework,
    E.REOPENED: _rework,
    E.CLOSED: _closed,
    E.WITHDRAWN: _dropped,
    E.INVALIDATED: _dropped,
    E.TRANSFERRED: _dropped,
    E.ARCHIVED: _dropped,
    E.MERGED: _merged,
    E.UNMERGED: _unmerged,
    E.NOTED: _noted,
}
"""Every other event leaves the clocks alone."""
