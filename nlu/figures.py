"""Sums of money and numbers of people in a message, as values with what is meant at least. Pure."""

import re
from collections.abc import Iterator

from nlu.numerals import NUMERAL, Number, read
from tickets.said import Amount, Headcount

_MOST = 20
_MORE = r"(?P<more>[多余来]?)"
_OVER = r"(?P<over>多?)"
_LEAD = r"(?P<lead>(?:至少|不止|超过|起码|多达|高达|上|近|将近|约|大概|好)?)"
_CUE = (
    r"收了?|付了?|交了?|花了?|赔了?|欠了?|扣了?|罚了?|退了?|骗了?|骗走|转了?|要价|报价|开价|工资|月薪|租金|月租|房租|押金|定金|订金|学费|"
    r"物业费|停车费|损失|价值|总价|单价|贷款|充了?|打了|给了?|涨到|涨了|降到|缴纳|缴费|支付|消费|被坑"
)
_MONEY = re.compile(
    rf"{_LEAD}(?P<n>{NUMERAL}){_MORE}(?P<large>[万亿千百]?){_OVER}(?P<unit>元(?![素旦宵首里桥])|块钱|块(?P<bare>)|圆|角|毛钱|分钱|人民币|RMB|rmb)(?P<after>多?)"
    rf"|[¥￥](?P<sign>[0-9][0-9,]*(?:\.[0-9]{{1,2}})?)(?P<signed>[万]?)(?:元)?"
)
_TOLD = re.compile(
    rf"(?:{_CUE})(?:我|我们|人家|他|她|他们|客户|业主|家长|现金|定金|押金|费用|共|了|大概|约|一共|总共|共计|近|将近)*"
    rf"(?P<n>{NUMERAL})(?P<more>[多余]?)(?P<large>[万亿千]?)(?P<over>多?)"
    rf"(?![0-9.]|[平人户米个只台辆套间次天年月日号点斤公吨里楼层条份名家张股期块元位件根处级岁小分度%％时折倍])"
)
_FEN = {"角": 10, "毛钱": 10, "分钱": 1}
_FEW = re.compile(r"[一两二三四五六七八九]$|^[1-9]$")
_AFTER_MONEY = re.compile(r"[钱多，,。；;！!？?\s、一)）了的吧呢啊/每]|$|左右|现金|押金|定金|费")
_PIECES = re.compile(
    r"[大小长厚碎破旧新]?(?:地?砖|瓷砖|石|木?板|玻璃|牌|广告|田|地|空地|屏|电池|木|水泥|布|草|绿|井盖|窗|瓦|铁|钢|菜|墙|画|肉|区域|区)"
)
"""What makes 块 a piece: 三十块砖. A handful of 块 is money only where what follows is no thing at all."""

_SOMEBODY = re.compile(
    r"(?:[我你您他她]|自己|老人家?|老太太?|老伯|奶奶|爷爷|外婆|外公|母亲|父亲|[妈爸]妈?|孩子|小孩)(?:现在|平时|就|都|是|只)?$"
)
_LIVES = re.compile(r"(?:独?住|居住|生活|过日子|在家|带(?:着?孩子|娃))")
_PEOPLE = re.compile(
    rf"{_LEAD}(?P<n>{NUMERAL}){_MORE}(?P<large>[万千百]?){_OVER}个?(?P<unit>户人家|户居民|户业主|户人|户村民|户(?![口主型籍名内外])|"
    r"名(?:\w{0,1}工人|员工|农民工|学生|居民|业主|老人|家长|师傅|孩子|工友|同事|乘客|患者|消费者|群众|村民|会员|学员)?|"
    r"位(?![于置子次])(?:老人|居民|业主|家长|邻居|同事|老师|师傅|乘客|工友)?|口人|口(?=[，,。人都之住挤在]|$)|人(?![行民员工为次才家均口体流防大])|"
    r"(?<=个)(?:工人|农民工|员工|老人|孩子|小孩|学生|同事|家长|业主|居民|邻居|工友|民工|保安|师傅|乘客|年轻人|男的|女的|小伙子|大人|会员|学员))"
)
_COUNTED = re.compile(r"(?:[0-9一二三四五六七八九十](?:号?楼|层|单元|号|室|弄|栋|幢|座|号门)|[第-])$")
_HALF_TEN = frozenset("百千万亿")


def amounts(text: str) -> tuple[Amount, ...]:
    """Sums of money in a normalised text, in order, in fen; at most 20."""
    found = {one.start: one for one in (*_told(text), *_named(text))}
    return tuple(sorted(found.values(), key=lambda one: one.start)[:_MOST])


def people(text: str) -> tuple[Headcount, ...]:
    """Numbers of people and households in a normalised text, in order; at most 20."""
    return tuple(_counted(text))[:_MOST]


def _named(text: str) -> Iterator[Amount]:
    """With a unit: 三百块钱, 1.2万元, ¥3000."""
    for found in _MONEY.finditer(text):
        if found["sign"]:
            number = read(found["sign"])
            if number is not None:
                value = number.value * (10_000 if found["signed"] else 1)
                yield Amount(start=found.start(), end=found.end(), fen=round(value * 100))
            continue
        number = _whole(found)
        if number is None or not _is_money(found, text):
            continue
        fen = round(number.value * _FEN.get(found["unit"], 100))
        end = found.end() if not found["after"] else found.end("after")
        at_least = number.at_least or bool(found["after"])
        yield Amount(start=found.start("n"), end=end, fen=fen, at_least=at_least)


def _is_money(found: re.Match[str], text: str) -> bool:
    """块 alone counts pieces as well as yuan."""
    if found["bare"] is None:
        return True
    few = _FEW.search(found["n"]) is not None and len(found["n"]) == 1 and not found["large"]
    if few and re.search(rf"(?:{_CUE}|[卖买])[^，。]{{0,4}}$", text[max(0, found.start() - 8) : found.start()]) is None:
        return False
    return _PIECES.match(text, found.end()) is None and (not few or _AFTER_MONEY.match(text, found.end()) is not None)


def _told(text: str) -> Iterator[Amount]:
    """Without a unit, after a word of paying: 收了我三千五, 被骗5万."""
    for found in _TOLD.finditer(text):
        number = _whole(found)
        large = found["large"] or any(char in _HALF_TEN for char in found["n"]) or found["n"].isdecimal()
        if number is not None and large and number.value >= 100:
            yield Amount(
                start=found.start("n"), end=found.end(), fen=round(number.value * 100), at_least=number.at_least
            )


def _whole(found: re.Match[str]) -> Number | None:
    """The number with what stands around it: 两百多, 五千多万, 上千, 不止300."""
    words = found["n"]
    number = read(words)
    if number is None or number.value <= 0:
        return None
    value = number.value * {"": 1, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}[found["large"]]
    lead = found.groupdict().get("lead") or ""
    at_least = number.at_least or bool(found["more"]) or bool(found["over"])
    return Number(value=value, at_least=at_least or lead in ("至少", "不止", "超过", "起码", "上", "好", "多达"))


def _is_alone(text: str, found: re.Match[str]) -> bool:
    """Whether 一个人 says how somebody lives (我一个人住) instead of how many there are (有一个人受伤)."""
    before = text[max(0, found.start() - 4) : found.start()]
    return _SOMEBODY.search(before) is not None or (
        not before.endswith("有") and _LIVES.match(text, found.end()) is not None
    )


def _counted(text: str) -> Iterator[Headcount]:
    for found in _PEOPLE.finditer(text):
        number = _whole(found)
        if (
            number is None
            or number.value != int(number.value)
            or _COUNTED.search(text[max(0, found.start() - 4) : found.start()])
            or (number.value == 1 and _is_alone(text, found))
        ):
            continue
        yield Headcount(
            start=found.start("n"),
            end=found.end(),
            n=int(number.value),
            at_least=number.at_least,
            households=found["unit"].startswith("户"),
        )
