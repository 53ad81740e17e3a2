"""The life of a work order as data: which command may move a leg from where to where, and who may do it.

Source: the state table of the domain (docs/glossary.md). Conditions that a table cannot hold (an open return
window, an extension asked before the deadline, two approvals) are in lifecycle.py beside the command they guard.
"""

from dataclasses import dataclass

from tickets.types import CommandKind, EventKind, LegState, Role

C, E, R, S = CommandKind, EventKind, Role, LegState

OPEN: frozenset[LegState] = frozenset(
    {
        S.RECEIVED,
        S.WAITING,
        S.DISPATCHED,
        S.ACCEPTED,
        S.CONTACTED,
        S.IN_PROGRESS,
        S.RETURN_REQUESTED,
        S.DISPUTED,
        S.RULED,
        S.EXTENSION_REQUESTED,
        S.HOLD_REQUESTED,
        S.ON_HOLD,
        S.REPLIED,
        S.CALLBACK,
        S.REWORK,
    }
)
"""States in which somebody still owes something."""

AT_UNIT: frozenset[LegState] = frozenset({S.DISPATCHED, S.ACCEPTED, S.CONTACTED, S.IN_PROGRESS, S.REWORK})
"""States in which the time is the unit's own."""

ENDED: frozenset[LegState] = frozenset(S) - OPEN
"""Nobody owes anything: answered, refused, transferred, merged, closed, archived, withdrawn, invalid."""

_STAFF = (R.OPERATOR, R.DISPATCHER)
_REVIEW = (R.DISPATCHER, R.SUPERVISOR)


@dataclass(frozen=True, slots=True)
class Move:
    """One row. `target` None = the state stays or depends on the case; `whole` = every open leg moves."""

    command: CommandKind
    sources: frozenset[LegState]
    event: EventKind
    target: LegState | None
    who: frozenset[Role]
    whole: bool = False


def _move(
    command: CommandKind,
    sources: frozenset[LegState] | set[LegState],
    event: EventKind,
    target: LegState | None,
    *who: Role,
    whole: bool = False,
) -> Move:
    return Move(command, frozenset(sources), event, target, frozenset(who), whole)


MOVES: dict[CommandKind, Move] = {
    move.command: move
    for move in (
        _move(C.ASK, {S.RECEIVED}, E.ASKED, S.WAITING, R.SYSTEM, *_STAFF),
        _move(C.SUPPLY, OPEN | {S.CLOSED}, E.APPENDED, None, R.SYSTEM, R.RESIDENT, *_STAFF),
        _move(C.END_WAIT, {S.WAITING}, E.WAIT_ENDED, S.RECEIVED, R.SYSTEM, *_STAFF),
        _move(C.DISPATCH, {S.RECEIVED, S.WAITING}, E.DISPATCHED, S.DISPATCHED, R.SYSTEM, R.DISPATCHER),
        _move(C.REASSIGN, {S.DISPATCHED}, E.REASSIGNED, S.DISPATCHED, R.DISPATCHER),
        _move(C.ADD_SUPPORT, AT_UNIT, E.LEG_ADDED, None, R.DISPATCHER, R.SUPERVISOR),
        _move(C.ANSWER, {S.RECEIVED}, E.ANSWERED, S.ANSWERED, *_STAFF),
        _move(C.REFUSE, {S.RECEIVED}, E.REFUSED, S.REFUSED, *_STAFF),
        _move(C.TRANSFER, OPEN, E.TRANSFERRED, S.TRANSFERRED, R.SYSTEM, *_STAFF, whole=True),
        _move(C.MERGE, OPEN, E.MERGED, S.MERGED, R.DISPATCHER, whole=True),
        # the engine: when the master was withdrawn, invalid or refused
        _move(C.UNMERGE, {S.MERGED}, E.UNMERGED, None, R.SYSTEM, R.DISPATCHER, whole=True),
        _move(C.ACCEPT, {S.DISPATCHED}, E.ACCEPTED, S.ACCEPTED, R.CENTRE),
        # also in progress: a refused return leads there, and the resident still has to be called
        _move(C.CONTACT, {S.ACCEPTED, S.IN_PROGRESS}, E.CONTACTED, None, R.CENTRE),
        _move(C.START, {S.CONTACTED}, E.STARTED, S.IN_PROGRESS, R.CENTRE),
        _move(C.REPLY, {S.ACCEPTED, S.CONTACTED, S.IN_PROGRESS}, E.REPLIED, S.REPLIED, R.CENTRE),
        _move(C.SETTLE, {S.ACCEPTED}, E.SETTLED, S.REPLIED, R.CENTRE),
        _move(
            C.REQUEST_RETURN,
            {S.DISPATCHED, S.ACCEPTED, S.IN_PROGRESS},
            E.RETURN_REQUESTED,
            S.RETURN_REQUESTED,
            R.CENTRE,
        ),
        _move(C.APPROVE_RETURN, {S.RETURN_REQUESTED}, E.RETURN_APPROVED, S.DISPATCHED, R.DISPATCHER),
        _move(C.REFUSE_RETURN, {S.RETURN_REQUESTED}, E.RETURN_REFUSED, S.IN_PROGRESS, R.DISPATCHER),
        _move(C.DISPUTE, {S.RECEIVED, S.RETURN_REQUESTED}, E.DISPUTED, S.DISPUTED, R.SYSTEM, R.DISPATCHER),
        _move(C.RULE, {S.DISPUTED}, E.RULED, S.RULED, R.CHAIR),
        _move(C.REQUEST_EXTENSION, {S.IN_PROGRESS}, E.EXTENSION_REQUESTED, S.EXTENSION_REQUESTED, R.CENTRE),
        _move(
            C.GRANT_EXTENSION,
            {S.EXTENSION_REQUESTED},
            E.EXTENSION_GRANTED,
            S.IN_PROGRESS,
            *_REVIEW,
            R.LEADER,
        ),
        _move(
            C.REFUSE_EXTENSION,
            {S.EXTENSION_REQUESTED},
            E.EXTENSION_REFUSED,
            S.IN_PROGRESS,
            *_REVIEW,
            R.LEADER,
        ),
        _move(C.REQUEST_HOLD, {S.IN_PROGRESS}, E.HOLD_REQUESTED, S.HOLD_REQUESTED, R.CENTRE),
        _move(C.GRANT_HOLD, {S.HOLD_REQUESTED}, E.HOLD_GRANTED, S.ON_HOLD, R.SUPERVISOR, R.LEADER),
        _move(C.REFUSE_HOLD, {S.HOLD_REQUESTED}, E.HOLD_REFUSED, S.IN_PROGRESS, R.SUPERVISOR, R.LEADER),
        _move(C.END_HOLD, {S.ON_HOLD}, E.HOLD_ENDED, S.IN_PROGRESS, R.SYSTEM, R.CENTRE, R.SUPERVISOR),
        _move(C.PASS_REPLY, {S.REPLIED}, E.REPLY_PASSED, S.CALLBACK, *_REVIEW),
        _move(C.REJECT_REPLY, {S.REPLIED}, E.REPLY_REJECTED, S.IN_PROGRESS, *_REVIEW),
        # a supervisor too: confidential tickets are not shown to the callback team
        _move(C.CALL_BACK, {S.CALLBACK, S.ANSWERED}, E.CALLED_BACK, None, R.CALLBACK, R.SUPERVISOR),
        _move(C.START_REWORK, {S.REWORK}, E.REWORK_STARTED, S.IN_PROGRESS, R.CENTRE),
        _move(C.RATE, {S.CALLBACK, S.ANSWERED, S.CLOSED}, E.RATED, None, R.RESIDENT),
        # merged: the engine alone, when the master is closed
        _move(C.CLOSE, {S.ANSWERED, S.REFUSED, S.TRANSFERRED, S.MERGED}, E.CLOSED, S.CLOSED, R.SYSTEM, *_STAFF),
        _move(C.REOPEN, {S.CLOSED}, E.REOPENED, S.REWORK, R.RESIDENT),
        _move(C.ARCHIVE, {S.CLOSED, S.WITHDRAWN, S.INVALID}, E.ARCHIVED, S.ARCHIVED, R.SYSTEM, R.ADMIN, whole=True),
        _move(C.WITHDRAW, OPEN, E.WITHDRAWN, S.WITHDRAWN, R.RESIDENT, whole=True),
        _move(C.INVALIDATE, OPEN, E.INVALIDATED, S.INVALID, *_STAFF, whole=True),
        _move(C.SUPERVISE, OPEN, E.SUPERVISED, None, R.SUPERVISOR, R.LEADER),
        _move(C.REMIND, OPEN, E.REMINDED, None, R.RESIDENT, R.SUPERVISOR, *_STAFF),
        _move(C.NOTE, frozenset(S), E.NOTED, None, R.SYSTEM, R.CENTRE, R.CALLBACK, R.CHAIR, R.SUPERVISOR, *_STAFF),
    )
}

WORDS: dict[LegState, str] = {
    S.RECEIVED: "已受理",
    S.WAITING: "待市民补充",
    S.ANSWERED: "直接答复",
    S.REFUSED: "不予受理",
    S.TRANSFERRED: "紧急转接",
    S.MERGED: "已并单",
    S.DISPATCHED: "已派单",
    S.ACCEPTED: "已签收",
    S.CONTACTED: "已先行联系",
    S.IN_PROGRESS: "办理中",
    S.RETURN_REQUESTED: "退单待审核",
    S.DISPUTED: "职责争议",
    S.RULED: "已裁定",
    S.EXTENSION_REQUESTED: "延期待审批",
    S.HOLD_REQUESTED: "挂起待审批",
    S.ON_HOLD: "挂起",
    S.REPLIED: "已反馈",
    S.CALLBACK: "待回访",
    S.REWORK: "重办",
    S.CLOSED: "已办结",
    S.ARCHIVED: "已归档",
    S.WITHDRAWN: "已撤单",
    S.INVALID: "无效",
}
