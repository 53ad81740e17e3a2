"""Quarrels of the many affairs: two units say why not, and the meeting rules most of them within two days."""

from hotline import demo_courses as courses
from hotline import demo_people as people
from hotline.demo_affair import Affair
from hotline.demo_disputes import on_agenda, states
from hotline.demo_habits import habit_of
from hotline.demo_stage import Story
from tickets.ports import RulingWish
from tickets.types import CommandKind

C = CommandKind

_OURS_NOT = (
    "现场设施不在本单位管养清单内，产权移交手续也未办理，建议由对方单位主办，本单位配合。",
    "本单位只负责许可审批，日常巡查和处置不在职责范围，请会议明确主办单位。",
    "同类事项去年由对方单位办理，本单位没有相应的执法权限。",
)
_THEIRS = (
    "我单位愿意配合到场，但许可和处罚权在对方单位，由其主办更为合适。",
    "该处属双方交界，建议按首接负责办理，我单位提供人员和车辆。",
    "经实地查看，问题源头在对方管理范围内，我单位只能处理路面部分。",
)
_RULINGS = (
    "按问题源头确定主办单位，另一方配合，七日内会同现场处置。",
    "交界处由首接单位主办，费用由双方按管养面积分担。",
    "许可与监管合一，由发证单位主办；街道提供场地和协调。",
)


def disputed_and_ruled(affair: Affair) -> Story:
    """Returned, and neither the one nor the other will have it."""
    yield from courses.return_requested(affair)
    mine, other = str(affair.lead.unit), courses.other_unit(affair)
    yield affair.office(15, 60)
    affair.do(people.DISPATCHER, C.DISPUTE, reason="双方职责交叉，协商未成，提交联席会议。", units=[mine, other])
    yield from heard(affair)


def heard(affair: Affair) -> Story:
    """Both sides are heard; three in four are ruled before the week ends, if it is long enough."""
    item = on_agenda(affair)
    for unit, texts in zip(item.units, (_OURS_NOT, _THEIRS), strict=False):
        yield affair.office(30, 100)
        states(affair, item.id, unit, affair.rng.choice(texts))
    yield affair.office(60, 300)
    if affair.rng.random() < 0.25:
        return
    lead = affair.rng.choice(item.units or ("jgw",))
    wish = RulingWish(
        lead=lead,
        supports=tuple(unit for unit in item.units[:2] if unit != lead),
        reason=affair.rng.choice(_RULINGS),
        clause="联席会议裁定（条款待核）",
        precedent=False,
    )
    affair.stage.prompter.meetings(affair.no).rule(item.id, actor=people.CHAIR, wish=wish)
    affair.habit = habit_of(lead)
    yield from courses.taken_up(affair)
    yield from courses.finished(affair)
