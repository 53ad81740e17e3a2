"""Who in a message needs more care than others, by the words that say so. Pure.

A child that is mentioned is not yet a child in need: the neighbour's noisy children, a nursery by its name and a
pensioners' dance are not meant. So there are words that are enough by themselves (独居老人, 坐轮椅), and words that
count only when the clause makes the person the caller's own or says that something happens to them.
"""

import re
from collections.abc import Iterator

from nlu.numerals import NUMERAL, read
from tickets.said import Need, Needing

CALLED: dict[Need, str] = {
    Need.ELDERLY: "老年人",
    Need.MINOR: "未成年人",
    Need.DISABLED: "残疾人",
    Need.DEAF: "聋哑人",
    Need.PREGNANT: "孕妇",
    Need.POOR: "困难户",
}
"""What somebody in need is commonly called: a city's tags look for such words, and 78岁 holds none of them."""
_MOST = 12
_CLAUSE = "，。；！？,;!?\n 、"
_REACH = 24

_PLAIN: dict[Need, str] = {
    Need.ALONE: r"独居老人|老人独居|空巢老人|孤寡老人|孤老|独居(?=[的，。在一]|$)|(?:一个人|独自|单独)(?:在家|居住|生活|住)(?!宾馆|酒店)|身边没(?:有)?人照顾|无儿无女|子女(?:都)?(?:不在身边|在国外|在外地)",
    Need.ELDERLY: r"独居老人|老人独居|空巢老人|孤寡老人|高龄老人|孤老|失能老人|失智老人|老年痴呆|阿尔茨海默|年事已高|年老体弱|"
    r"(?:我|本人|我们)(?:都|已经|也)?(?:是)?(?:个|一个|一名)?(?:老人家?了?|老年人|岁数大了?|年纪大了?|老了(?=[，。]|走|腿))|"
    r"(?:岁数|年纪)(?:都|也|这么)?大了?(?=[，,。]|腿|眼|耳|走|看|不会|不方便|不懂|行动)|腿脚不(?:方便|便|好|利索|灵便)",
    Need.MINOR: r"留守儿童|未成年(?:人)?(?=被|受|失踪|走失|打工|在[^，。]{0,6}(?:上班|打工|被))|弃婴|童工|"
    r"(?:孩子|小孩|小囡|儿童|婴儿|宝宝|学生)(?:[^，。；！？]{0,6})(?:摔|受伤|被打|被困|走失|走丢|失踪|没人管|没人照顾|没人看|中毒|流鼻血|住院|被猥亵|被性侵|被体罚|被霸凌|被欺负|被虐待|被家暴|"
    r"发(?:高)?烧|拉肚子|呕吐|过敏|烫伤|咬伤|被[^，。]{0,3}咬|划伤|骨折|没(?:有)?(?:书读|学上)|上不了学|辍学|吓(?:得|坏|哭)|饿)",
    Need.DISABLED: r"坐(?:着)?轮椅|轮椅(?:上|进|出|下|推)不|残疾证|肢体残疾|智力残疾|智障|视力残疾|盲人(?!按摩|推拿)|肢残|高位截瘫|截肢|"
    r"[一二三四]级残疾|重残|残障(?:人士|者)|(?:我|本人|家里|父亲|母亲|爸|妈|儿子|女儿|老公|老婆|丈夫|妻子|哥哥|弟弟|姐姐|妹妹|孩子)[^，。；]{0,6}(?:是残疾|残疾人|残疾了|双目失明|看不见)",
    Need.DEAF: r"聋哑|听力残疾|听力障碍|失聪|助听器|(?:我|本人|父亲|母亲|我爸|我妈|老人|爷爷|奶奶)[^，。；]{0,5}(?:听不见|听不到声音|耳朵聋|耳聋|不能说话|不会说话|说不了话)",
    Need.PREGNANT: r"孕妇(?!装|裤|包|用品)|怀孕|怀着孕|身孕|孕晚期|临产|预产期|待产|坐月子|产后|刚生(?:完|了)孩子|哺乳期",
    Need.ILL: r"透析|化疗|放疗|尿毒症|癌症|肺癌|胃癌|乳腺癌|白血病|中风|偏瘫|瘫痪|卧床|心脏病|心梗|哮喘|肾衰|高血压病|抑郁症|重病|大病|重症|绝症|"
    r"植物人|离不开氧气|靠氧气|吸氧机|术后|刚(?:做完|动完)手术|做过?支架|病危|精神(?:病|分裂)(?:患者)?|糖尿病",
    Need.POOR: r"(?:我|我们|家里|我家|本人)[^，。；]{0,6}(?:吃低保|低保户|是低保|拿低保|特困|困难户|揭不开锅|没有收入|没有生活来源|没饭吃)|特困人员|低保家庭|揭不开锅|生活不下去|没钱看病",
}
"""Need to the words that are enough by themselves."""

_PERSON: dict[Need, str] = {
    Need.ELDERLY: r"老人(?!机|卡|院|节)|老年人(?!活动|大学|协会|公寓|卡)|老伯伯?|老太太?|老大爷|老奶奶|爷爷|奶奶|外公|外婆|老两口|老父亲|老母亲|老爹|老娘|老妈|老爸|老头子?|八旬|九旬|七旬|古稀",
    Need.MINOR: r"孩子(?!王)|小孩子?|小囡|儿童(?!医院|乐园|游乐|公园|房|家具|服装|节|座椅|摄影|滑梯|用品)|婴儿(?!车|床)|宝宝|幼儿(?!园)|小学生|女童|男童|小朋友",
}
"""Words for a person that alone say nothing about need."""

_OWN = r"(?:我|我们|我家|家里|家中|家有|自己|本人)[^，。；！？]{0,6}$|(?:有|带着?|抱着?|推着?|照顾|陪)(?:个|一个|两个|几个|[0-9一二两三]+[岁个位名])?[^，。；！？]{0,3}$"
_HAPPENS = (
    r"^[^，。；！？]{0,8}(?:摔|跌|受伤|住院|晕|病|出不了|下不了|上不了|进不去|出不去|走不了|没法|不方便|不便|行动|害怕|吓|睡不着|睡不好|休息不|受不了|喘|咳|过敏|被|遭|"
    r"没人|没有人|一个人|独自|走失|走丢|失踪|失联|困|冻|饿|难受|哭|怕|吃不消|上下楼|爬不动|看不清|不会用|不懂)"
)
_NUISANCE = r"^[^，。；！？]{0,6}(?:跳广场舞|跳舞|打牌|打麻将|骂人|打人|吵闹|很吵|太吵|乱跑|跑来跑去|蹦|跳来跳去|哭闹|踢球|玩耍|随地|偷|抢|乱扔|乱画|碰瓷|遛狗|放音响|唱歌|扔|砸|霸占|占座|插队|捡)"
_OTHERS = (
    r"(?:楼上|隔壁|邻居|对门|他家|她家|别人|人家|楼下|他们家|那家|一群|一帮|有些|好多|很多)(?:的|家|家的|有个?|有)?$"
)
_GONE = r"(?:已|已经|去年|前年|早就?)?(?:去世|过世|不在了|走了多年|病故|死了)"
_AGE = re.compile(rf"(?P<n>{NUMERAL})(?P<more>[多几])?(?:周)?岁(?P<more2>多)?(?!以[上下内]|及以|至|到|-)")
_MONTHS_OLD = re.compile(
    r"[一二两三四五六七八九十0-9]{1,2}个(?:多)?月(?:大)?的?(?:婴儿|宝宝|孩子|小孩|娃)|刚(?:出生|满月)"
)
_OLD, _YOUNG = 60, 18
_PLAIN_OF = {need: re.compile(pattern) for need, pattern in _PLAIN.items()}
_PERSON_OF = {need: re.compile(pattern) for need, pattern in _PERSON.items()}
_ANY = re.compile(
    "[未留腿纪岁老孤独爷奶外孩囡婴童宝幼儿学残盲轮聋听耳孕产哺透化放尿癌肺胃乳白中偏瘫卧心哮肾高抑重大绝植氧吸术刚支病精糖低特揭没生子女身无智肢截弃说旬古怀待坐临预]"
)
_OWN_RE, _HAPPENS_RE, _NUISANCE_RE = re.compile(_OWN), re.compile(_HAPPENS), re.compile(_NUISANCE)
_OTHERS_RE, _GONE_RE = re.compile(_OTHERS), re.compile(_GONE)
_NOT_ILL = re.compile(
    r"^(?:医院|专科|门诊|医生|科|药|保险|报销|政策|鉴定|学校|证怎么|补贴|协会|待遇|人?车位|停车位|通道|设施|就业|名额|卡)"
)
_ASKS = re.compile(r"请问|咨询|想问|怎么办理|如何办理|怎么申请|如何申请|什么条件|政策")


def needs(text: str) -> tuple[Needing, ...]:
    """Who needs care in a normalised text: each need once, with the first words that say so."""
    if _ANY.search(text) is None:
        return ()
    first: dict[Need, Needing] = {}
    for one in sorted((*_plain(text), *_ages(text), *_persons(text)), key=lambda one: one.start):
        first.setdefault(one.need, one)
    return tuple(sorted(first.values(), key=lambda one: (one.start, one.need)))[:_MOST]


def _plain(text: str) -> Iterator[Needing]:
    for need, pattern in _PLAIN_OF.items():
        for found in pattern.finditer(text):
            before, after = _around(text, found.start(), found.end())
            if _NOT_ILL.match(after) or _GONE_RE.search(after) or _OTHERS_RE.search(before):
                continue
            if need is not Need.ALONE or _alone_counts(text):
                yield Needing(start=found.start(), end=found.end(), need=need)
                break


def _alone_counts(text: str) -> bool:
    """A young person who lives alone is no case: somebody old, ill, disabled or small must be meant."""
    return any(
        pattern.search(text) for need, pattern in (*_PLAIN_OF.items(), *_PERSON_OF.items()) if need is not Need.ALONE
    ) or any(_of_age(found) is not None for found in _AGE.finditer(text))


def _ages(text: str) -> Iterator[Needing]:
    for found in _AGE.finditer(text):
        need = _of_age(found)
        before, after = _around(text, found.start(), found.end())
        if (
            need is not None
            and not _NUISANCE_RE.match(after)
            and not _OTHERS_RE.search(before)
            and not _GONE_RE.search(after)
        ):
            yield Needing(start=found.start(), end=found.end(), need=need)
    for found in _MONTHS_OLD.finditer(text):
        yield Needing(start=found.start(), end=found.end(), need=Need.MINOR)


def _of_age(found: re.Match[str]) -> Need | None:
    number = read(found["n"])
    if number is None or not 0 < number.value < 120:
        return None
    return Need.ELDERLY if number.value >= _OLD else Need.MINOR if number.value < _YOUNG else None


def _persons(text: str) -> Iterator[Needing]:
    asks = _ASKS.search(text) is not None
    for need, pattern in _PERSON_OF.items():
        for found in pattern.finditer(text):
            before, after = _around(text, found.start(), found.end())
            if _NUISANCE_RE.match(after) or _OTHERS_RE.search(before) or _GONE_RE.search(after):
                continue
            happens = _HAPPENS_RE.match(after) is not None
            own = need is Need.ELDERLY and _OWN_RE.search(before) is not None and not asks
            if happens or own:
                yield Needing(start=found.start(), end=found.end(), need=need)
                break


def _around(text: str, start: int, end: int) -> tuple[str, str]:
    """What stands before and after in the clause, at most 24 characters each."""
    left, right = text[max(0, start - _REACH) : start], text[end : end + _REACH]
    begin = max(left.rfind(mark) for mark in _CLAUSE) + 1
    stops = [place for mark in _CLAUSE if (place := right.find(mark)) >= 0]
    return left[begin:], right[: min(stops, default=len(right))]
