"""The cases of Xuhui's re-engineered government, played as they would go today; the disputes are in demo_disputes.py.

The wall broken for a shop, demolition side by side, one window for food, mud, gas at night, three lines in one.
"""

from hotline import demo_people as people
from hotline.demo_affair import Affair
from hotline.demo_courses import closed, started
from hotline.demo_messages import Words
from hotline.demo_notes import PARTS
from hotline.demo_operator import supplied
from hotline.demo_stage import Stage, Story
from tickets.types import Channel, CommandKind

C = CommandKind

WALL = Words(
    channel=Channel.PHONE,
    matter="0101",
    street="tianping",
    text="我姓张，衡山公园对面那幢老房子底楼在破墙开店，工人正在敲墙，麻烦你们快点派人来看看",
)
MUD = Words(
    channel=Channel.PHONE,
    matter="0203",
    street="xietu",
    text="我是李阿姨，有人把一车泥浆土倒在墙根下，龌里龌龊，请你们来清理一下",
)
MUD_PLACE = "在大木桥路，日晖六村那堵围墙下头"
GAS = Words(
    channel=Channel.PHONE,
    matter="0602",
    street="fenglin",
    text="我在{place}，厨房里煤气味道很重，好像燃气泄漏了，我不敢开灯，怎么办",
)
MEAT = Words(
    channel=Channel.WEB,
    matter="0402",
    street="xietu",
    text="今天在瑞金南路菜场买的猪肉一捏全是水，怀疑是注水肉，请检查这个摊位。",
)
MEAT_AGAIN = Words(
    channel=Channel.PHONE,
    matter="0402",
    street="xietu",
    text="瑞金南路菜场那个肉摊卖注水肉，我也买到了，一烧缩掉一半，肉里全是水",
)
LAMP = Words(
    channel=Channel.PHONE,
    matter="0302",
    street="fenglin",
    text="枫林路靠医院门口那盏路灯不亮，晚上看病的人看不清台阶",
)
LAMP_BACK = Words(
    channel=Channel.SMS,
    matter="0302",
    street="fenglin",
    text="枫林路弄堂后门的路灯不亮，三天了",
)
ROOF = Words(
    channel=Channel.WEB,
    matter="0101",
    street="xietu",
    text="日晖七村两幢楼之间整排违法搭建，一共七间，有的住人有的做仓库，堵住了消防车的路，请拆违。",
)
ROOF_NEXT = Words(
    channel=Channel.PHONE,
    matter="0101",
    street="fenglin",
    text="宛南三村沿河那一排违章搭建又加高了一层，里面还拉了三相电，请你们几个部门一道来拆违",
)
LETTER = Words(
    channel=Channel.COUNTER,
    matter="1303",
    text="来信：本人为茶陵路旧改居民，安置面积认定有异议，曾两次信访，请予书面答复为盼。",
    facts={"way": "letter", "line": "petition", "name": "顾先生"},
)
VISIT = Words(
    channel=Channel.COUNTER,
    matter="1302",
    text="来访：在工地摔伤后单位不肯签工伤材料，请不起律师打官司，申请法律援助。",
    facts={"way": "visit", "line": "legal_aid", "name": "马师傅"},
)
REPORT = Words(
    channel=Channel.WEB,
    matter="0402",
    street="tianping",
    text="我举报{place}一家熟食店用变质肉做原料，过期肉拆了包装重新卤，我在里面做过工，请不要透露我的身份。",
    facts={"confidential": True},
)
UNNAMED = Words(
    channel=Channel.WEB,
    matter="0102",
    street="fenglin",
    text="{place}有人把地下室隔成十几间群租，住户烧饭用煤气瓶，出过一次小火。",
    facts={"anonymous": True},
)
LIFT = Words(
    channel=Channel.PHONE,
    matter="1002",
    street="xietu",
    text="{place}三号楼电梯困人了，里面有个孕妇，灯也灭了，物业电话没人接，快来救人",
)
MEMBERS = ("fgj", "jgw", "cgzf")
"""Who helps to pull down, beside the street."""


def wall(stage: Stage) -> Story:
    """Case 1: broken in the morning, closed the same day by the squad that the street has authorised."""
    affair = Affair(stage, WALL)
    yield from affair.dispatched()
    yield affair.office(6, 12)
    affair.unit(C.ACCEPT)
    yield affair.office(60, 80)
    affair.unit(C.SETTLE, answer=affair.answer, note="城管中队到场，房东当场签字，下午砌回。")
    yield affair.office(20, 40)
    affair.do(people.DISPATCHER, C.PASS_REPLY)
    yield affair.office(30, 60)
    affair.do(people.CALLBACK, C.CALL_BACK, reached=True, contacted=True, solved=True, satisfaction=5)


def mud(stage: Stage) -> Story:
    """Case 5: one question is asked back, the rest was understood; cleared the same day."""
    affair = Affair(stage, MUD)
    yield from supplied(affair, MUD_PLACE)
    yield affair.office(10, 20)
    affair.unit(C.ACCEPT)
    yield affair.office(90, 120)
    affair.unit(C.SETTLE, answer=affair.answer)
    yield affair.office(15, 30)
    affair.do(people.DISPATCHER, C.PASS_REPLY)
    yield affair.office(20, 40)
    affair.do(people.CALLBACK, C.CALL_BACK, reached=True, contacted=True, solved=True, satisfaction=5)


def gas(stage: Stage) -> Story:
    """Case 6: the night is no excuse; minutes count."""
    yield from _emergency(Affair(stage, GAS), "阀门接头老化漏气，已更换并检测合格，通风后恢复用气。")


def lift(stage: Stage) -> Story:
    """A lift with people in it, at night."""
    yield from _emergency(Affair(stage, LIFT), "维保和消防人员到场，二十分钟内救出被困人员，电梯停用检修。")


def _emergency(affair: Affair, answer: str) -> Story:
    yield from affair.dispatched()
    yield affair.soon(4, 7)
    affair.unit(C.ACCEPT)
    yield affair.soon(3, 6)
    affair.contact()
    yield affair.soon(1, 3)
    affair.unit(C.START)
    yield affair.soon(35, 55)
    affair.unit(C.REPLY, answer=answer)
    yield affair.soon(8, 15)
    affair.do(people.DISPATCHER, C.PASS_REPLY)
    yield affair.in_the_morning()
    affair.do(people.CALLBACK, C.CALL_BACK, reached=True, contacted=True, solved=True, satisfaction=5)


def meat(stage: Stage) -> Story:
    """Case 4: one window, one ticket; another caller's repeat joins it and keeps the earlier promise."""
    first, second = Affair(stage, MEAT), Affair(stage, MEAT_AGAIN)
    yield from started(first)
    yield first.office(30, 90)
    yield from second.dispatched()
    yield second.soon(20, 40)
    second.do(people.DISPATCHER, C.MERGE, master=first.no, reason="同一菜场同一摊位，来电内容一致。")


def two_lamps(stage: Stage) -> Story:
    """Taken for the same and merged; the next day somebody looks, and they are two."""
    first, second = Affair(stage, LAMP), Affair(stage, LAMP_BACK)
    yield from started(first)
    yield from second.dispatched()
    yield second.soon(10, 20)
    second.do(people.DISPATCHER, C.MERGE, master=first.no, reason="同一条路路灯不亮。")
    yield second.office(60, 120)
    second.do(people.DISPATCHER, C.UNMERGE, reason="现场核实为两盏灯，相距二百米，恢复单独办理。")
    yield second.office(10, 30)
    second.unit(C.ACCEPT)


def roof(stage: Stage) -> Story:
    """Case 2: 拆违 with supports side by side; two days instead of ten."""
    affair = Affair(stage, ROOF)
    yield from _side_by_side(affair)
    yield from affair.supports_done()
    yield affair.office(200, 260)
    affair.unit(
        C.REPLY, answer="七间违法建筑已全部拆除，消防通道恢复畅通，建筑垃圾已清运。", evidence=["拆除前后对比照片"]
    )
    yield affair.office(15, 30)
    affair.do(people.DISPATCHER, C.PASS_REPLY)
    yield affair.office(30, 60)
    affair.do(people.CALLBACK, C.CALL_BACK, reached=True, contacted=True, solved=True, satisfaction=5)


def roof_next(stage: Stage) -> Story:
    """Another one in the middle: one support has replied, the others are at work."""
    affair = Affair(stage, ROOF_NEXT)
    yield from _side_by_side(affair)
    yield affair.office(30, 60)
    first, *_ = affair.supports
    affair.unit(C.REPLY, first, answer=PARTS[first.unit or ""])


def _side_by_side(affair: Affair) -> Story:
    yield from affair.dispatched()
    yield affair.office(10, 20)
    affair.unit(C.ACCEPT)
    for unit in MEMBERS:
        affair.do(people.DISPATCHER, C.ADD_SUPPORT, unit=unit, reason="拆违联席会议成员，同步办理。")
    yield affair.office(10, 20)
    affair.contact()
    yield affair.office(5, 10)
    affair.unit(C.START)
    for leg in affair.supports:
        yield affair.office(10, 30)
        affair.unit(C.ACCEPT, leg)


def counter(stage: Stage, words: Words) -> Story:
    """Case 10: letters and visits enter the same queue by one form."""
    yield from started(Affair(stage, words))


def reported(stage: Stage, words: Words) -> Story:
    """A report by somebody who is to stay unknown."""
    yield from closed(Affair(stage, words))
