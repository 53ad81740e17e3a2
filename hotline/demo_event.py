"""One burst main and forty callers within two hours: one ticket, one crew, and a word to everybody. And a power cut that
has only begun when the week ends: nobody has merged anything yet, and the warning stands there."""

from datetime import timedelta
from random import Random

from hotline import demo_lives as lives
from hotline import demo_people as people
from hotline.demo_affair import Affair
from hotline.demo_messages import Words
from hotline.demo_scene import Caller, gather
from hotline.demo_stage import Stage, Story
from tickets.types import Channel, CommandKind

C = CommandKind

_STREET, _MATTER = "xietu", "0601"
FIRST = "大木桥路茶陵北路路口水管爆裂，水柱喷得比人还高，整条马路都是水"
_CALLERS = 40

_SEEN = (
    "大木桥路上自来水管爆了，水漫到弄堂里来了，快派人关总闸",
    "大木桥路爆管，车子都在水里开，自来水哗哗地流",
    "路过大木桥路，路口水管爆裂，电瓶车都骑不过去",
    "大木桥路茶陵北路这里水管爆了，人行道下面都空了，砖头在往下掉",
    "公交车从大木桥路绕行了，听司机讲是水管爆裂，站牌上也没有通知",
    "大木桥路水管爆裂，水已经没过脚踝，学生怎么去上学",
    "我在大木桥路开早点铺的，水管爆裂，水进到店里来了，米面都泡湿了",
    "大木桥路水管爆裂，旁边的地下车库入口在进水，请派抽水机",
)
_DRY = (
    "大木桥路水管爆裂，我们楼里一滴水也没有了，几时修好",
    "大木桥路水管爆裂导致周边小区停水，老人多，请安排临时供水车。",
    "我家在大木桥路，一早停水，听讲是马路上水管爆裂，麻烦快点抢修",
    "日晖六村停水了，是不是大木桥路爆管的缘故，要停到几点",
    "大木桥路水管爆裂，我妈在家透析前要用水，请问临时供水点在哪里",
    "停水没有人通知，牙膏在嘴里呢，大木桥路爆管是吧，给个时间",
    "大木桥路这边早饭店全部没有水，水管爆裂什么时候修好，损失找谁",
    "六楼停水，水泵房师傅讲大木桥路水管爆裂，要等抢修",
)
_LATER = (
    "大木桥路水管爆裂修了一个多钟头了，水还没来，进展怎么样了",
    "大木桥路爆管，供水车只来一部，队排到马路对面，能不能再加一部",
    "水管爆裂那里围挡太小，晚上没有灯，大木桥路请加警示牌",
    "大木桥路抢修把公交站挖掉了，临时站牌放在哪里",
)
_CHANNELS = ((Channel.PHONE, 62), (Channel.WECHAT, 20), (Channel.SMS, 10), (Channel.WEB, 8))
_REASON = "同一路口水管爆裂，多人反映，并入首单一并办理。"
_NOTICE = (
    "已在热线首页、居委会微信群发布停水公告：预计上午九时前恢复供水。",
    "临时供水车两部已到日晖六村门口和茶陵北路路口，志愿者为高龄老人送水。",
    "公交绕行和临时站点已由交警公告，接线员统一答复口径已更新。",
)


def burst(stage: Stage, *, scale: float) -> None:
    """Put it on the agenda: the first caller at twelve past six on the day before the last."""
    rng = Random(f"{stage.seed}/burst")
    at = stage.day(1, "06:12")
    first = _affair(stage, Channel.PHONE, FIRST)
    calls = [(at, Caller(affair=first, then=_repaired))]
    for _ in range(max(5, round((_CALLERS - 1) * scale))):
        minutes = rng.triangular(3, 118, 25)
        texts = _SEEN + _DRY if minutes < 60 else _DRY + _LATER
        [channel] = rng.choices([one for one, _ in _CHANNELS], [share for _, share in _CHANNELS])
        other = _affair(stage, channel, rng.choice(texts))
        calls.append((at + timedelta(minutes=minutes), Caller(affair=other, then=_joins(first))))
    gather(stage, calls)


_DARK = (
    "长桥二村整片停电了，电梯里灯都黑了，几时来电",
    "长桥二村停电，家里老人用呼吸机，备用电瓶只能撑两个钟头，请快点",
    "我是长桥二村的，刚刚突然停电，隔壁几栋楼也全黑了",
    "长桥二村停电一刻钟了，物业讲是外面线路的问题，麻烦供电公司来看",
    "长桥二村停电，电动车充电棚那边有火花，我不敢走近",
    "长桥二村几栋楼停电，冰箱里的菜要坏了，什么时候修好",
    "停电没有通知，长桥二村，小孩在上网课，给个时间",
    "长桥二村停电到现在还没来，水泵也停了，六楼没水",
)


def growing(stage: Stage) -> None:
    """Eight callers within the last hour, faster and faster, most of them about the power cut itself."""
    begins = stage.until - timedelta(minutes=56)
    calls = []
    for text, minutes in zip(_DARK, (0, 15, 26, 34, 40, 45, 49, 52), strict=True):
        channel = Channel.WECHAT if minutes == 34 else Channel.PHONE
        words = Words(channel=channel, matter="0603", street="changqiao", text=text)
        calls.append((begins + timedelta(minutes=minutes), Caller(affair=Affair(stage, words), then=_at_once)))
    gather(stage, calls)


def _at_once(affair: Affair) -> Story:
    """Sent to whom it belongs; the unit has not answered yet."""
    yield from affair.put_right()


def _affair(stage: Stage, channel: Channel, text: str) -> Affair:
    return Affair(stage, Words(channel=channel, matter=_MATTER, street=_STREET, text=text))


def _joins(first: Affair) -> "lives.Life":
    def then(affair: Affair) -> Story:
        yield from lives.merged(affair, first, _REASON)

    return then


def _repaired(first: Affair) -> Story:
    """Minutes count: accepted, called, dug up, mended, with a notice at every step."""
    yield from first.put_right()
    yield first.soon(3, 6)
    first.unit(C.ACCEPT)
    yield first.soon(6, 12)
    first.contact()
    yield first.soon(10, 20)
    first.unit(C.START)
    for notice in _NOTICE:
        yield first.soon(15, 30)
        first.do(people.DISPATCHER, C.NOTE, text=notice)
    yield first.soon(70, 90)
    first.unit(
        C.REPLY, answer="抢修队更换两米管道，已恢复供水，路面回填完成。", evidence=["抢修现场照片", "水质检测单"]
    )
    yield first.soon(10, 30)
    first.do(people.DISPATCHER, C.PASS_REPLY)
    yield first.office(30, 90)
    first.do(people.CALLBACK, C.CALL_BACK, reached=True, contacted=True, solved=True, satisfaction=4)
