"""Disputes of the sample: case 3 of Xuhui in full, with ruling and precedent, and one that still waits."""

from hotline import demo_people as people
from hotline.demo_affair import Affair
from hotline.demo_courses import started
from hotline.demo_messages import Words
from hotline.demo_stage import Stage, Story
from plumbing.errors import NotFound
from tickets.ports import AgendaItem, RulingWish
from tickets.types import Channel, CommandKind, LegState

C, S = CommandKind, LegState

LUNCHES = Words(
    channel=Channel.PHONE,
    matter="0401",
    street="xietu",
    text="大木桥路工地旁边每天中午有人骑三轮车卖盒饭，没有执照，无证盒饭就摆在灰堆边上，吃坏了找谁",
)
LUNCHES_NEXT = Words(
    channel=Channel.WECHAT,
    matter="0401",
    street="xietu",
    text="茶陵路工地旁边也来了一个无证盒饭摊，泡沫箱里装着盒饭卖，没有执照",
)
SMOKE = Words(
    channel=Channel.WEB,
    matter="0703",
    street="fenglin",
    text="平江路一家饭店在门口搭棚做露天烧烤，油烟从烟道和炭炉一起往楼上冒，晚上没法开窗。",
)


def lunches(stage: Stage) -> Story:
    """Case 3: returned with a clause, refused by the next, disputed, ruled, flowed back; the next goes straight there."""
    affair = Affair(stage, LUNCHES)
    yield from affair.dispatched()
    yield affair.office(20, 40)
    affair.unit(
        C.REQUEST_RETURN,
        code="not_our_duty",
        clause="流动设摊无固定场所，不属于食品经营许可管理（条款待核）",
        proposed_unit="centre_xietu",
        text="现场为流动三轮车，没有店面。",
    )
    yield affair.office(15, 40)
    affair.do(people.DISPATCHER, C.APPROVE_RETURN, unit="centre_xietu", reason="先由街道核实。")
    yield affair.office(15, 30)
    affair.unit(
        C.REQUEST_RETURN,
        code="needs_lead",
        clause="无证食品经营由食品安全监管部门主办（条款待核）",
        proposed_unit="cgzf",
        text="街道没有执法权，只能配合劝离。",
    )
    item_id = on_agenda(affair).id
    yield affair.office(40, 80)
    states(
        affair,
        item_id,
        "scjg",
        "流动盒饭没有固定经营场所，许可和处罚均缺少对象，建议由城管部门主办，我局配合查处货源。",
    )
    yield affair.office(20, 40)
    states(
        affair,
        item_id,
        "centre_xietu",
        "街道每天到场劝离三次，人走摊回；没有执法权，建议明确主办部门，街道提供场地和人员配合。",
    )
    yield affair.office(60, 90)
    wish = RulingWish(
        lead="cgzf",
        supports=("scjg",),
        reason="占道流动设摊由城管执法主办，市场监管负责追查加工点，街道配合疏导。",
        clause="联席会议裁定（条款待核）",
        words=("盒饭",),
    )
    stage.prompter.meetings(affair.no).rule(item_id, actor=people.CHAIR, wish=wish)
    stage.begin(_lunches_next(stage), stage.office.later(stage.now, 20))
    yield from _done_after_ruling(affair)


def _lunches_next(stage: Stage) -> Story:
    """Straight to the unit that was ruled, with the precedent cited."""
    yield from started(Affair(stage, LUNCHES_NEXT))


def _done_after_ruling(affair: Affair) -> Story:
    yield affair.office(15, 30)
    affair.unit(C.ACCEPT)
    yield affair.office(10, 20)
    affair.contact()
    yield affair.office(5, 10)
    affair.unit(C.START)
    yield from affair.supports_done()
    yield affair.office(60, 120)
    affair.unit(C.REPLY, answer="联合执法三次，暂扣三轮车两辆，该点位已安排专人值守。")
    yield affair.office(15, 30)
    affair.do(people.DISPATCHER, C.PASS_REPLY)
    yield affair.office(40, 80)
    affair.do(people.CALLBACK, C.CALL_BACK, reached=True, contacted=True, solved=True, satisfaction=4)


def smoke(stage: Stage) -> Story:
    """A dispute that still waits for the meeting, with what two units have said."""
    affair = Affair(stage, SMOKE)
    yield from affair.dispatched()
    yield affair.office(20, 60)
    if affair.lead.state is S.DISPATCHED:
        affair.unit(
            C.REQUEST_RETURN,
            code="needs_lead",
            clause="露天烧烤由城管执法部门查处（条款待核）",
            proposed_unit="cgzf",
            text="店内烟道检测达标，油烟主要来自门外炭炉。",
        )
        yield affair.office(15, 40)
        affair.do(
            people.DISPATCHER,
            C.DISPUTE,
            reason="店内油烟与店外烧烤并存，主办单位不明，提交联席会议。",
            units=["sthj", "cgzf"],
        )
    item_id = on_agenda(affair).id
    yield affair.office(40, 90)
    states(affair, item_id, "sthj", "店内烟道净化装置检测达标，扰民来自店外炭炉，属占道经营。")
    yield affair.office(20, 60)
    states(affair, item_id, "cgzf", "该处搭棚在店家门前红线内，不属占道；油烟排放应由生态环境部门认定。")


def states(affair: Affair, item_id: str, unit: str, text: str) -> None:
    affair.stage.prompter.meetings(affair.no).state(item_id, actor=people.of_unit(unit), text=text)


def on_agenda(affair: Affair) -> AgendaItem:
    """The agenda item of the affair. Raises NotFound when nothing is in dispute."""
    for item in affair.stage.prompter.meetings(affair.no).agenda(actor=people.CHAIR):
        if item.ticket_no == affair.no:
            return item
    raise NotFound("NO_ITEM", f"工单{affair.no}没有待裁定的议题。")
