"""What the hotline settles by itself: questions asked back, answers at once, refusals, transfers to 110, 119 and 120."""

from hotline import demo_courses as courses
from hotline import demo_people as people
from hotline.demo_affair import Affair
from hotline.demo_messages import Words
from hotline.demo_stage import Story
from tickets.types import Channel, CommandKind, LegState

C, S = CommandKind, LegState

REFUSALS: tuple[tuple[Words, str, str, str], ...] = (
    (
        Words(
            channel=Channel.PHONE,
            matter="0103",
            text="物业费的事情法院已经判下来了，我不认，你们叫物业不要再来催物业费",
        ),
        "court",
        "该纠纷已由人民法院审理并作出判决",
        "如不服判决，请在法定期限内向上一级人民法院提出上诉，或申请再审。",
    ),
    (
        Words(
            channel=Channel.WEB, matter="0202", text="老家在外省，村里的垃圾没人清运，网上看到这个热线，请帮忙处理。"
        ),
        "outside",
        "反映的地点不在本市行政区域内",
        "请拨打当地区号加12345，向当地热线反映。",
    ),
    (
        Words(channel=Channel.WECHAT, matter="0301", text="上次说的井盖已经修好了，我再说一遍，还是要给我个书面说法"),
        "repeat",
        "原工单已办结并回访，无新的事实",
        "如有新的情况，请凭原受理编号补充，我们会继续办理。",
    ),
    (
        Words(channel=Channel.WEB, matter="0909", text="仲裁已经开过庭了，还没有裁决，请你们先叫公司把钱付给我。"),
        "court",
        "该争议正在劳动人事争议仲裁程序中",
        "请等待仲裁裁决；对裁决不服的，可在收到之日起十五日内向人民法院起诉。",
    ),
    (
        Words(channel=Channel.PHONE, matter="0111", text="补偿决定我已经提了行政复议，你们同时帮我重新算面积"),
        "court",
        "该事项已进入行政复议程序",
        "请在复议程序中提交意见和证据，对复议决定不服可依法起诉。",
    ),
    (
        Words(channel=Channel.PHONE, matter="0103", text="楼上那个女的到底是谁，你们把她的名字和电话查给我"),
        "state_secret",
        "所查询的内容属于他人个人隐私",
        "邻里纠纷可请居委会或社区民警调解，热线不提供他人信息。",
    ),
    (
        Words(channel=Channel.WECHAT, matter="0806", text="外地的地铁卡退不了钱，他们热线打不通，你们帮我催一催"),
        "outside",
        "反映的服务不在本市行政区域内",
        "请拨打当地区号加12345，或登录该地铁公司网站投诉。",
    ),
    (
        Words(channel=Channel.SMS, matter="1303", text="还是那件事，答复过三遍了我不认，要书面道歉"),
        "repeat",
        "原事项已办结并三次书面答复，无新的事实",
        "对处理意见不服的，可在三十日内申请复查。",
    ),
)
"""Words, reason code, basis and the way that is told instead."""

TRANSFERS: tuple[tuple[Words, str], ...] = (
    (
        Words(
            channel=Channel.PHONE,
            matter="1604",
            street="tianping",
            text="{place}有两个人打架，手里拿着酒瓶，快叫警察",
        ),
        "110",
    ),
    (
        Words(channel=Channel.SMS, matter="1201", street="fenglin", text="{place}有个老先生晕倒在路边叫不醒，求救"),
        "120",
    ),
    (
        Words(
            channel=Channel.PHONE, matter="1008", street="xietu", text="{place}五楼窗户在冒浓烟，好像着火了，里面还有人"
        ),
        "119",
    ),
)
"""Words and the number that the operator connects to."""

CRANK = Words(channel=Channel.PHONE, matter="1301", text="喂？喂？是送外卖的吗？我的面呢")


def waiting(affair: Affair) -> Story:
    """待市民补充: the place was asked for; nothing has come yet."""
    affair.report()
    yield from ()


def supplied(affair: Affair, answer: str) -> Story:
    """Asked back, answered within the hour, and sent on."""
    affair.report()
    if affair.lead.state is S.WAITING:
        yield affair.soon(4, 40)
        affair.supply(answer)
    yield from affair.put_right()


def supplied_and_begun(affair: Affair, answer: str) -> Story:
    """Asked back, answered, and taken up by the unit."""
    yield from supplied(affair, answer)
    yield from courses.taken_up(affair)


def unanswered(affair: Affair) -> Story:
    """Asked back without an answer: when the wait is over, a dispatcher finds out and sends it on."""
    affair.report()
    yield affair.soon(270, 300)
    yield from affair.put_right()


def answered(affair: Affair, answer: str) -> Story:
    """直接答复."""
    yield from _in_hand(affair)
    affair.do(people.OPERATOR, C.ANSWER, answer=answer)


def answered_and_closed(affair: Affair, answer: str) -> Story:
    """直接答复, and the callback team asks how it was."""
    yield from answered(affair, answer)
    yield affair.office(60, 240)
    affair.do(
        people.CALLBACK, C.CALL_BACK, reached=True, contacted=True, solved=True, satisfaction=next(affair.stage.scores)
    )


def refused(affair: Affair, code: str, basis: str, notice: str) -> Story:
    """不予受理, with the right way named."""
    yield from _in_hand(affair)
    affair.do(people.OPERATOR, C.REFUSE, code=code, basis=basis, notice=notice)


def refused_and_closed(affair: Affair, code: str, basis: str, notice: str) -> Story:
    """不予受理, explained, closed."""
    yield from refused(affair, code, basis, notice)
    yield affair.office(60, 120)
    affair.do(people.OPERATOR, C.CLOSE)


def transferred(affair: Affair, number: str) -> Story:
    """紧急转接 within a minute."""
    affair.report()
    yield affair.soon(0.3, 1.2)
    affair.do(people.OPERATOR, C.TRANSFER, number=number, reason="涉及人身安全，已三方通话转接。")


def _in_hand(affair: Affair) -> Story:
    """The operator takes it back from the question that the engine has asked."""
    affair.report()
    yield affair.soon(2, 9)
    if affair.lead.state is S.WAITING:
        affair.do(people.OPERATOR, C.END_WAIT)
