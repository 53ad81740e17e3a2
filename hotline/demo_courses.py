"""How affairs go on: each course is a story that ends in a state of its own. Minutes are of working time."""

from collections.abc import Callable

from hotline import demo_people as people
from hotline.demo_affair import Affair
from hotline.demo_notes import EXTENSIONS, HOLDS, SOLVED, UNSOLVED
from hotline.demo_stage import Story
from tickets.types import SYSTEM, CommandKind, LegState

C, S = CommandKind, LegState

Course = Callable[[Affair], Story]


def dispatched(affair: Affair) -> Story:
    """Sent to a unit that has not accepted yet (已派单)."""
    yield from affair.dispatched()


def accepted(affair: Affair) -> Story:
    """签收, by the lead and by those who help."""
    yield from affair.dispatched()
    yield affair.wait(8, 75)
    affair.unit(C.ACCEPT)
    for leg in affair.supports:
        affair.unit(C.ACCEPT, leg)


def contacted(affair: Affair) -> Story:
    """先行联系; one resident in six cannot be reached."""
    yield from accepted(affair)
    yield affair.wait(8, 70)
    affair.contact(reached=affair.rng.random() > 1 / 6)
    for leg in affair.supports:
        affair.unit(C.CONTACT, leg, reached=True, note="与主办单位一同联系。")


def started(affair: Affair) -> Story:
    """办理中."""
    yield from contacted(affair)
    yield affair.wait(2, 40)
    affair.unit(C.START)


def replied(affair: Affair) -> Story:
    """已反馈, waiting for review."""
    yield from started(affair)
    yield affair.work(60, 330)
    affair.unit(C.REPLY, answer=affair.answer, note="照片已上传。", evidence=["处理前照片", "处理后照片"])


def settled(affair: Affair) -> Story:
    """当场办结 by the authorised post, passed."""
    yield from accepted(affair)
    yield affair.wait(15, 90)
    affair.unit(C.SETTLE, answer=affair.answer)
    yield from affair.supports_done()
    yield affair.wait(10, 60)
    affair.do(people.DISPATCHER, C.PASS_REPLY)


def passed(affair: Affair) -> Story:
    """待回访."""
    yield from replied(affair)
    yield from affair.supports_done()
    yield affair.wait(10, 90)
    affair.do(people.DISPATCHER, C.PASS_REPLY)


def _called_back(affair: Affair, *, score: int, solved: bool = True) -> None:
    affair.do(
        people.CALLBACK,
        C.CALL_BACK,
        reached=True,
        contacted=affair.rng.random() < affair.habit.contacts,
        solved=solved,
        satisfaction=score,
        note=affair.rng.choice(SOLVED) if solved else UNSOLVED,
    )


def concluded(affair: Affair) -> Story:
    """The resident says how it was: to the callback team or, one in four, on the page; the team knows no secrets."""
    yield affair.office(30, 240)
    score = affair.score()
    if affair.seen.confidential or affair.rng.random() < 0.25:
        affair.resident(C.RATE, score=score, solved=True, contacted=True)
    else:
        _called_back(affair, score=score)


def closed(affair: Affair) -> Story:
    """Done and called back."""
    yield from passed(affair)
    yield from concluded(affair)


def closed_on_the_spot(affair: Affair) -> Story:
    """Done by the authorised post and called back."""
    yield from settled(affair)
    yield from concluded(affair)


def archived(affair: Affair) -> Story:
    """归档, a while after it was closed."""
    yield from closed_on_the_spot(affair)
    yield affair.office(60, 120)
    affair.do(SYSTEM, C.ARCHIVE)


def not_reached(affair: Affair) -> Story:
    """Called back once without an answer; the second call is still to come."""
    yield from settled(affair)
    yield affair.office(30, 120)
    affair.do(people.CALLBACK, C.CALL_BACK, reached=False, note="无人接听。")


def closed_unheard(affair: Affair) -> Story:
    """Called back twice without an answer: closed, and no satisfaction is counted."""
    yield from not_reached(affair)
    yield affair.office(60, 240)
    affair.do(people.CALLBACK, C.CALL_BACK, reached=False, note="再次无人接听，按规定办结。")


def unsolved(affair: Affair) -> Story:
    """重办: the resident says that nothing has changed."""
    yield from settled(affair)
    yield affair.office(30, 120)
    _called_back(affair, score=affair.rng.choice((1, 2)), solved=False)


def reworked(affair: Affair) -> Story:
    """Done anew after the resident said no."""
    yield from unsolved(affair)
    yield affair.office(20, 90)
    affair.unit(C.START_REWORK)
    yield affair.office(60, 180)
    affair.unit(C.REPLY, answer="中心负责人到场复查，" + affair.answer)
    yield affair.office(10, 60)
    affair.do(people.DISPATCHER, C.PASS_REPLY)
    yield from concluded(affair)


def reopened(affair: Affair) -> Story:
    """The resident asks for it anew after it was closed."""
    yield from closed_on_the_spot(affair)
    yield affair.office(60, 180)
    affair.resident(C.REOPEN, reason="只好了一天，又跟原来一样了。")


def reply_rejected(affair: Affair) -> Story:
    """The review sends a thin answer back."""
    yield from started(affair)
    yield affair.wait(60, 120)
    affair.unit(C.REPLY, answer="已处理。")
    yield affair.wait(10, 60)
    affair.do(people.DISPATCHER, C.REJECT_REPLY, reason="答复过于简单，未说明处理结果，也没有现场照片，请补充。")


def return_requested(affair: Affair) -> Story:
    """退单待审核: reason, clause and the unit that should have it."""
    yield from affair.dispatched()
    yield affair.wait(15, 60)
    affair.unit(
        C.REQUEST_RETURN,
        code="not_our_duty",
        clause="本单位职责范围不包括该类设施的管理（条款待核）",
        proposed_unit=other_unit(affair),
        text="经现场查看，设施归属其他单位管理。",
    )


def other_unit(affair: Affair) -> str:
    """A unit that might also have it and has not had it yet: the fallback of the list, or one that is asked often."""
    held, fallback = affair.lead.held_by, affair.decision().fallback or "cgzf"
    return next(
        unit for unit in (fallback, "cgzf", "shizheng", "jgw") if unit not in ("hotline", affair.seen.party_unit, *held)
    )


def return_approved(affair: Affair) -> Story:
    """The return is approved, and the other unit does it."""
    yield from return_requested(affair)
    other = other_unit(affair)
    yield affair.wait(20, 60)
    affair.do(people.DISPATCHER, C.APPROVE_RETURN, unit=other, reason="同意退单，依据成立。")
    yield affair.wait(15, 60)
    affair.unit(C.ACCEPT)
    yield affair.wait(10, 60)
    affair.contact()
    yield affair.wait(5, 30)
    affair.unit(C.START)
    yield affair.wait(60, 200)
    affair.unit(C.REPLY, answer=affair.answer)
    yield from affair.supports_done()
    yield affair.wait(10, 60)
    affair.do(people.DISPATCHER, C.PASS_REPLY)
    yield from concluded(affair)


def return_refused(affair: Affair) -> Story:
    """The return is refused: the unit goes on."""
    yield from return_requested(affair)
    yield affair.wait(20, 60)
    affair.do(people.DISPATCHER, C.REFUSE_RETURN, reason="责任清单写明由贵单位承办，所引条款不成立，请继续办理。")


def extension_requested(affair: Affair) -> Story:
    """延期待审批."""
    yield from started(affair)
    yield affair.wait(40, 120)
    affair.unit(C.REQUEST_EXTENSION, days=affair.rng.choice((2, 3, 5)), reason=affair.rng.choice(EXTENSIONS))


def extension_half_granted(affair: Affair) -> Story:
    """The first of the two approvals is given."""
    yield from extension_requested(affair)
    yield affair.office(20, 60)
    affair.do(people.DISPATCHER, C.GRANT_EXTENSION, reason="情况属实，建议同意。")


def extension_granted(affair: Affair) -> Story:
    """Two people have approved it."""
    yield from extension_half_granted(affair)
    yield affair.office(20, 90)
    affair.do(people.SUPERVISOR, C.GRANT_EXTENSION, reason="同意，请向市民说明。")


def extension_refused(affair: Affair) -> Story:
    """Not approved."""
    yield from extension_requested(affair)
    yield affair.office(20, 60)
    affair.do(people.SUPERVISOR, C.REFUSE_EXTENSION, reason="可先行处理表面隐患，不需要延期。")


def hold_requested(affair: Affair) -> Story:
    """挂起待审批."""
    yield from started(affair)
    yield affair.wait(30, 100)
    affair.unit(C.REQUEST_HOLD, reason=affair.rng.choice(HOLDS))


def hold_refused(affair: Affair) -> Story:
    """Not approved: the work goes on."""
    yield from hold_requested(affair)
    yield affair.office(20, 60)
    affair.do(people.SUPERVISOR, C.REFUSE_HOLD, reason="可以先采取临时措施，不同意挂起。")


def on_hold(affair: Affair) -> Story:
    """挂起."""
    yield from hold_requested(affair)
    yield affair.office(20, 90)
    affair.do(people.SUPERVISOR, C.GRANT_HOLD, reason="同意挂起，每周报告一次进展。")


def hold_ended(affair: Affair) -> Story:
    """The obstacle has gone: work goes on."""
    yield from on_hold(affair)
    yield affair.office(60, 240)
    affair.unit(C.END_HOLD, reason="具备施工条件，恢复办理。")


def supervised(affair: Affair) -> Story:
    """督办 after the resident has asked again."""
    yield from accepted(affair)
    yield affair.office(60, 120)
    affair.resident(C.REMIND, text="已经等了很久，请快一点。")
    yield affair.office(20, 60)
    affair.do(people.SUPERVISOR, C.SUPERVISE, reason="市民多次催促，请于今日反馈进展。")


def reassigned(affair: Affair) -> Story:
    """改派 before anybody has accepted it."""
    yield from affair.dispatched()
    yield affair.soon(6, 20)
    reason = "承办单位来电说明：该处正由对方单位施工，改派。"
    affair.do(people.DISPATCHER, C.REASSIGN, unit=other_unit(affair), reason=reason)
    yield affair.wait(10, 40)
    affair.unit(C.ACCEPT)


def added_to(affair: Affair) -> Story:
    """The resident has more to say while the unit is at work."""
    yield from started(affair)
    yield affair.soon(20, 90)
    affair.supply("补充一下：刚才又去看过，情况比早上更严重了，请带好工具来。")


def withdrawn(affair: Affair) -> Story:
    """撤单 by the resident."""
    yield from accepted(affair)
    yield affair.office(10, 60)
    affair.resident(C.WITHDRAW, reason="对方已经自己处理好了，谢谢。")


def invalid(affair: Affair) -> Story:
    """无效."""
    affair.report()
    yield affair.soon(5, 20)
    affair.do(people.OPERATOR, C.INVALIDATE, reason="回拨核实，来电人称拨错号码，没有诉求。")


def left_to_desk(affair: Affair) -> Story:
    """In triage, before anybody has looked at it."""
    affair.report()
    yield from ()


def taken_up(affair: Affair) -> Story:
    """Accepted, called and begun, by whoever has it now."""
    yield affair.wait(10, 60)
    affair.unit(C.ACCEPT)
    yield affair.wait(8, 60)
    affair.contact()
    yield affair.wait(5, 30)
    affair.unit(C.START)


def finished(affair: Affair) -> Story:
    """From work in hand to the resident's last word."""
    yield affair.work(60, 330)
    affair.unit(C.REPLY, answer=affair.answer, evidence=["处理后照片"])
    yield from affair.supports_done()
    yield affair.office(10, 90)
    affair.do(people.DISPATCHER, C.PASS_REPLY)
    yield from concluded(affair)
