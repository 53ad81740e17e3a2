"""How the many ordinary affairs go: what the hotline settles itself, what a unit does in its own manner, what goes wrong."""

from collections.abc import Callable

from hotline import demo_courses as courses
from hotline import demo_people as people
from hotline.demo_affair import AROUND_THE_CLOCK, Affair
from hotline.demo_habits import habit_of
from hotline.demo_notes import MORE_WORDS, PLACES_TOLD, REMINDERS
from hotline.demo_ruled import disputed_and_ruled, heard
from hotline.demo_stage import Story
from tickets.types import CommandKind, LegState

C, S = CommandKind, LegState

Life = Callable[[Affair], Story]

_UNDECIDED = frozenset({S.RECEIVED, S.WAITING})
_CRIME, _ILL = ("110", "涉嫌违法犯罪，已三方通话转接。"), ("120", "有人突发急病，已三方通话转接。")
_THREE_WAY = dict.fromkeys(("1604", "1605", "1606", "1608", "1609", "1209"), _CRIME) | {"1201": _ILL, "1202": _ILL}
_CONNECTED = 0.6
"""The share of callers in danger that are connected to the police or an ambulance, by matter."""
_SPOT_KINDS = frozenset({"enquiry", "praise", "suggestion"})
_ORDINARY = "default"
_LEFT_LYING = 0.25
"""The share of what is unclear that no dispatcher gets to for hours."""


def life(affair: Affair, kind: str) -> Story:
    """The life of an affair that has been said, of the type `kind`, as far as the week goes."""
    if not affair.words.matter:
        yield from _no_request(affair)
        return
    if affair.ticket.profile == "critical" and affair.words.matter in _THREE_WAY and affair.rng.random() < _CONNECTED:
        yield affair.soon(0.4, 2)
        number, reason = _THREE_WAY[affair.words.matter]
        affair.do(people.OPERATOR, C.TRANSFER, number=number, reason=reason)
        return
    if affair.lead.state is S.WAITING:
        yield from _asked(affair)
    if affair.lead.state in _UNDECIDED:
        if kind == "enquiry":
            yield from _answered(affair)
            return
        if affair.rng.random() < _LEFT_LYING:
            yield affair.office(40, 260)
    unclear = affair.lead.state in _UNDECIDED and affair.ticket.profile not in AROUND_THE_CLOCK
    yield from affair.put_right()
    if unclear:
        yield affair.soon(5, 9)  # until then it is written together with what others do
    if affair.lead.state is S.DISPUTED:
        yield from heard(affair)
    if affair.lead.state is not S.DISPATCHED:
        return
    affair.habit = habit_of(affair.lead.unit)
    yield from _course(affair, kind)(affair)


def _no_request(affair: Affair) -> Story:
    """A wrong number, a cry of joy: nothing to do."""
    yield affair.soon(4, 30)
    if affair.open:
        affair.do(people.OPERATOR, C.INVALIDATE, reason=affair.rng.choice(_NOTHING))


_NOTHING = (
    "回拨核实，来电人拨错号码，没有诉求。",
    "内容与政务服务无关，回拨后来电人表示不需要办理。",
    "测试信息，没有诉求，已与来电人确认。",
    "多次回拨无人接听，内容无法辨认，按规定登记为无效。",
)


def _asked(affair: Affair) -> Story:
    """Most residents name the place within the hour; of the others some never do."""
    dice = affair.rng.random()
    if dice < 0.6:
        yield affair.soon(3, 45)
        place = affair.stage.gazetteer.somewhere(affair.street, affair.rng)
        affair.supply(affair.rng.choice(PLACES_TOLD).format(place=place))
    elif dice < 0.85:
        yield affair.soon(250, 320)


def _answered(affair: Affair) -> Story:
    """An operator answers at once; every second one is asked how it was."""
    yield affair.soon(1.5, 9)
    if affair.lead.state is S.WAITING:
        affair.do(people.OPERATOR, C.END_WAIT)
    affair.do(people.OPERATOR, C.ANSWER, answer=affair.explanation)
    dice = affair.rng.random()
    if dice < 0.35:
        yield affair.office(60, 300)
        affair.do(people.CALLBACK, C.CALL_BACK, reached=True, solved=True, satisfaction=affair.score())
    elif dice < 0.8:
        yield affair.office(120, 400)
        affair.do(people.OPERATOR, C.CLOSE)


def refusable(affair: Affair, *, code: str, basis: str, notice: str) -> Story:
    """Nothing for the hotline; what the engine has sent out meanwhile is treated as any other."""
    yield affair.soon(2, 9)
    if affair.lead.state is S.WAITING:
        affair.do(people.OPERATOR, C.END_WAIT)
    if affair.lead.state is S.RECEIVED:
        affair.do(people.OPERATOR, C.REFUSE, code=code, basis=basis, notice=notice)
        yield affair.office(60, 600)
        affair.do(people.OPERATOR, C.CLOSE)
    else:
        yield from life(affair, "complaint")


def _course(affair: Affair, kind: str) -> Life:
    """What becomes of it at its unit: by the unit's manner, then by chance."""
    habit, rng = affair.habit, affair.rng
    if affair.ticket.profile == "critical" or affair.ticket.confidential:
        return courses.closed
    if affair.ticket.profile == _ORDINARY and rng.random() < habit.returns:
        return rng.choices((_given_back, _kept, courses.return_requested, disputed_and_ruled), (8, 6, 2, 5))[0]
    if rng.random() < habit.unsolved:
        return _done_anew if rng.random() < 0.75 else courses.unsolved
    if kind in _SPOT_KINDS:
        return _told
    if rng.random() < habit.on_the_spot:
        return rng.choices((courses.closed_on_the_spot, courses.closed_unheard, courses.reopened), (95, 4, 1))[0]
    if affair.ticket.profile != _ORDINARY:
        return courses.closed  # a day is too short for an extension or a hold
    return rng.choices(tuple(_USUAL), tuple(_USUAL.values()))[0]


def _told(affair: Affair) -> Story:
    """A question, a wish or a word of thanks: one call settles it, on the same day as a rule."""
    yield affair.wait(10, 90)
    affair.unit(C.ACCEPT)
    yield affair.wait(15, 170)
    affair.unit(C.SETTLE, answer=affair.explanation)
    yield from affair.supports_done()
    yield affair.wait(15, 60)
    affair.do(people.DISPATCHER, C.PASS_REPLY)
    yield from courses.concluded(affair)


def _kept(affair: Affair) -> Story:
    """The unit wanted to give it back and had to keep it."""
    yield from courses.return_refused(affair)
    yield affair.wait(10, 60)
    affair.contact()
    yield from courses.finished(affair)


def _given_back(affair: Affair) -> Story:
    """Another unit gets it, and works in its own manner."""
    yield from courses.return_requested(affair)
    other = courses.other_unit(affair)
    yield affair.office(15, 90)
    affair.do(people.DISPATCHER, C.APPROVE_RETURN, unit=other, reason="退单理由成立，改由有管理职责的单位办理。")
    affair.habit = habit_of(other)
    yield from courses.taken_up(affair)
    yield from courses.finished(affair)


def _done_anew(affair: Affair) -> Story:
    """The resident says no; the second time it is done."""
    yield from courses.reworked(affair)


def _extended(affair: Affair) -> Story:
    yield from courses.extension_granted(affair)
    yield affair.office(120, 500)
    yield from courses.finished(affair)


def _not_extended(affair: Affair) -> Story:
    yield from courses.extension_refused(affair)
    yield from courses.finished(affair)


def _held(affair: Affair) -> Story:
    yield from courses.hold_ended(affair)
    yield from courses.finished(affair)


def _supervised(affair: Affair) -> Story:
    yield from courses.supervised(affair)
    yield affair.wait(10, 40)
    affair.contact()
    yield affair.wait(5, 20)
    affair.unit(C.START)
    yield from courses.finished(affair)


def _reminded(affair: Affair) -> Story:
    """The resident asks how far it is."""
    yield from courses.started(affair)
    yield affair.office(60, 300)
    affair.resident(C.REMIND, text=affair.rng.choice(REMINDERS))
    yield from courses.finished(affair)


def _added_to(affair: Affair) -> Story:
    """The resident has more to say."""
    yield from courses.started(affair)
    yield affair.soon(30, 600)
    affair.supply(affair.rng.choice(MORE_WORDS))
    yield from courses.finished(affair)


def _sent_back(affair: Affair) -> Story:
    """The first answer is too thin."""
    yield from courses.reply_rejected(affair)
    yield from courses.finished(affair)


def _archived(affair: Affair) -> Story:
    yield from courses.archived(affair)


def merged(affair: Affair, first: Affair, reason: str) -> Story:
    """A repeat: the dispatcher joins it to the first; when that is done already, it has a life of its own."""
    yield affair.soon(3, 11) if affair.ticket.profile in AROUND_THE_CLOCK else affair.soon(5, 40)
    if first.open and affair.open:
        affair.do(people.DISPATCHER, C.MERGE, master=first.no, reason=reason)
    else:
        yield from life(affair, "complaint")


_USUAL: dict[Life, int] = {
    courses.closed: 70,
    _added_to: 8,
    _reminded: 6,
    _extended: 4,
    _not_extended: 1,
    courses.on_hold: 2,
    _held: 1,
    _supervised: 2,
    _sent_back: 3,
    courses.withdrawn: 2,
    _archived: 3,
}
"""How often each course is taken when nothing is the matter with the unit."""
