"""A night of storms: a hundred and sixty calls between eight and two, about fifty places, and clocks of minutes."""

from dataclasses import dataclass
from datetime import timedelta
from random import Random

from hotline import demo_courses as courses
from hotline import demo_lives as lives
from hotline import demo_people as people
from hotline.demo_affair import Affair
from hotline.demo_habits import habit_of
from hotline.demo_messages import Words
from hotline.demo_scene import Caller, gather
from hotline.demo_stage import Stage, Story
from tickets.types import Channel, CommandKind, LegState

C, S = CommandKind, LegState

BACK, BEGINS = 3, "20:00"
LASTS = 360
"""Minutes."""
_CALLS = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What the storm does somewhere: `share` is how often, `callers` how many see it at most, `answers` what was done.

    A `patient` trouble waits for the morning.
    """

    matter: str
    share: int
    callers: int
    texts: tuple[str, ...]
    answers: tuple[str, ...]
    patient: bool = False


TROUBLES = (
    Trouble(
        matter="0303",
        share=24,
        callers=7,
        texts=(
            "{place}积水到膝盖了，车子全部熄火，雨还在下",
            "{place}马路变成河了，井盖看不见，请来人围一围",
            "{place}一下雨就积水，现在水已经漫进一楼人家",
            "{place}下水道往外冒水，路口积水半米深",
        ),
        answers=(
            "强排车两部抽水三小时，积水退尽，打捞堵塞雨水口的落叶四袋。",
            "打开井盖设专人值守，泵站加开一台机组，凌晨积水退去。",
        ),
    ),
    Trouble(
        matter="1101",
        share=16,
        callers=5,
        texts=(
            "{place}行道树被刮断，横在马路当中，车子过不去",
            "{place}一棵大树歪下来压在停着的车顶上，树枝还搭着电线",
            "{place}树枝断了一大截挂在半空，风一吹晃来晃去",
        ),
        answers=(
            "夜间抢险组锯断清走倒伏树木，凌晨恢复通车，树穴临时围护。",
            "断枝全部清除装车，受损车辆已拍照并告知保险理赔办法。",
        ),
    ),
    Trouble(
        matter="0603",
        share=14,
        callers=6,
        texts=(
            "{place}整幢楼停电，风大雨大，几时来电",
            "{place}打了个雷就停电了，电梯也停了，老人住十二楼",
            "{place}一片漆黑，停电两个钟头没有人来修",
        ),
        answers=(
            "雷击造成跳闸，更换熔断器后恢复供电，同片四幢楼逐户确认。",
            "架空线被树枝压断，抢修队接线送电，配电箱加装防水罩。",
        ),
    ),
    Trouble(
        matter="0207",
        share=9,
        callers=3,
        texts=(
            "{place}店招被风吹得掀起来，铁皮哗哗响，下面还有人走路",
            "{place}户外广告布撕开了，半块挂在路灯上，要落下来了",
        ),
        answers=(
            "执法队员连夜拆除松动店招，现场拉警戒线，店主补办加固手续。",
            "广告布和支架全部拆走，同路段排查十一块，加固三块。",
        ),
    ),
    Trouble(
        matter="0104",
        share=12,
        callers=2,
        texts=(
            "{place}老房子屋顶漏雨，床上放了三个脸盆，天花板往下掉灰",
            "{place}顶楼漏水，雨水顺着灯线往下滴，不敢开灯",
        ),
        answers=(
            "抢修队先盖防雨布，次日翻修屋面瓦片六平方米，复查不漏。",
            "屋面防水层重做，落水斗清淤，居民确认不再漏雨。",
        ),
        patient=True,
    ),
    Trouble(
        matter="0303",
        share=7,
        callers=4,
        texts=(
            "{place}下立交积水，一辆轿车熄火，有人被困在车里，快来救人",
            "{place}地下车库倒灌，保安还困在里面出不来，水到胸口了",
        ),
        answers=(
            "消防破窗救出两人，无人受伤，下立交封闭抽水至凌晨三时。",
            "救援人员十八分钟到场，被困人员已送出，车库断电排水。",
        ),
    ),
    Trouble(
        matter="0305",
        share=6,
        callers=3,
        texts=(
            "{place}电线断了垂在水里，还在冒火花，有小孩要走过去",
            "{place}路灯杆倒了，电线掉在地上噼里啪啦冒火花",
        ),
        answers=(
            "供电和市政先断电再围护，断线已接好，漏电检测合格后撤离。",
            "倾倒灯杆吊走，裸露线头绝缘处理，天亮前换新杆。",
        ),
    ),
    Trouble(
        matter="0105",
        share=5,
        callers=3,
        texts=(
            "{place}工地围墙倒塌，砖头压住了两辆电瓶车，不知道下面有没有人",
            "{place}老楼外墙瓷砖整片砸下来，刚才差点砸到人，还在往下掉",
        ),
        answers=(
            "现场搜查无人被压，倒塌围墙清理完毕，建设单位连夜立起钢围挡。",
            "坠落范围拉起警戒，松动瓷砖全部铲除，安全网已装好。",
        ),
    ),
    Trouble(
        matter="1002",
        share=4,
        callers=2,
        texts=(
            "{place}电梯井进水，电梯卡住，里面有人出不来，孩子在哭",
            "{place}停电电梯停在半当中，关了三个人，维保电话打不通",
        ),
        answers=("维保和消防十五分钟内开门救出被困人员，电梯停用排水，检验后恢复。",),
    ),
)
_CHANNELS = ((Channel.PHONE, 74), (Channel.WECHAT, 18), (Channel.SMS, 8))


def storm(stage: Stage, *, scale: float) -> None:
    """Put the night on the agenda."""
    rng = Random(f"{stage.seed}/storm")
    begins = stage.day(BACK, BEGINS)
    calls: list[tuple[float, Caller]] = []
    n = round(_CALLS * scale)
    while len(calls) < n:
        [trouble] = rng.choices(TROUBLES, [one.share for one in TROUBLES])
        at = rng.triangular(0, LASTS - 30, 110)
        calls += _spot(stage, trouble, at, rng)[: n - len(calls)]
    gather(stage, [(begins + timedelta(minutes=min(at, LASTS - 1)), caller) for at, caller in calls])


def _spot(stage: Stage, trouble: Trouble, at: float, rng: Random) -> list[tuple[float, Caller]]:
    """Everybody who calls about one place, the first at `at` minutes."""
    street = rng.choice(stage.gazetteer.streets)
    place = stage.gazetteer.somewhere(street, rng)
    calls: list[tuple[float, Caller]] = []
    first: Affair | None = None
    for _ in range(rng.randint(1, trouble.callers)):
        [channel] = rng.choices([one for one, _ in _CHANNELS], [share for _, share in _CHANNELS])
        words = Words(channel=channel, matter=trouble.matter, street=street, text=rng.choice(trouble.texts))
        affair = Affair(stage, words, place=place)
        then = _told_first(trouble) if first is None else _told_again(first)
        calls.append((at, Caller(affair=affair, then=then)))
        first = first or affair
        at += rng.uniform(2, 28)
    return calls


def _told_again(first: Affair) -> lives.Life:
    def then(affair: Affair) -> Story:
        yield from lives.merged(affair, first, "同一地点暴雨险情，多人反映，并单处置。")

    return then


def _told_first(trouble: Trouble) -> lives.Life:
    def then(affair: Affair) -> Story:
        yield from affair.put_right()
        if affair.lead.state is not S.DISPATCHED:
            return
        affair.habit = habit_of(affair.lead.unit)
        if trouble.patient and affair.ticket.profile != "critical":
            yield from courses.closed(affair)
        else:
            yield from _at_night(affair, affair.rng.choice(trouble.answers))

    return then


_MINUTES = {
    "critical": ((3, 9), (17, 34), (25, 75), (100, 170)),
    "utilities": ((6, 24), (33, 70), (100, 300), (300, 600)),
}
"""By profile: to accept, in time and late; to mend, as a rule and when much is broken."""
_OTHERS = ((8, 40), (60, 150), (90, 240), (240, 420))


def _at_night(affair: Affair, answer: str) -> Story:
    """Somebody is on duty; who is slow by day is late in the storm."""
    early, late, quick, long = _MINUTES.get(affair.ticket.profile, _OTHERS)
    tardy = affair.rng.random() < 0.12 * affair.habit.pace
    yield affair.soon(*(late if tardy else early))
    affair.unit(C.ACCEPT)
    for leg in affair.supports:
        affair.unit(C.ACCEPT, leg)
    yield affair.soon(3, 15)
    affair.contact(reached=affair.rng.random() > 0.1)
    yield affair.soon(2, 10)
    affair.unit(C.START)
    yield affair.soon(*(long if tardy or affair.rng.random() < 0.1 else quick))
    affair.unit(C.REPLY, answer=answer, evidence=["现场照片"])
    for leg in affair.supports:
        yield affair.soon(3, 12)
        affair.unit(C.REPLY, leg, answer="已派人到场配合抢险，本单位承担的部分办结。")
        yield affair.soon(2, 6)
        affair.do(people.DISPATCHER, C.PASS_REPLY, leg.id)
    yield affair.soon(5, 30)
    affair.do(people.DISPATCHER, C.PASS_REPLY)
    yield affair.in_the_morning()
    yield from courses.concluded(affair)
