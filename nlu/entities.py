"""Times, sums of money, numbers of people and the party complained about, by their words. Bounded patterns only."""

import re

from tickets.types import Entity

_N = r"[0-9一二两三四五六七八九十百千万几半]"
_TIME = re.compile(
    rf"(?:今天|昨天|前天|明天|今早|今晚|昨晚|昨夜|今年|去年|前年|每天|天天|每晚|凌晨|半夜|夜里|刚才|刚刚|上周|这周|上个?月|这个月|上个?礼拜|"
    rf"这两天|最近|星期[一二三四五六日天]|周[一二三四五六日]|上个?星期|早上|上午|中午|下午|傍晚|晚上|周末|长期)(?:的?(?:早上|上午|中午|下午|晚上|凌晨|半夜|夜里))?(?:{_N}{{1,3}}点(?:半|{_N}{{1,3}}分|多|钟)?)?"
    rf"|(?:[0-9]{{2,4}}年)?{_N}{{1,3}}月(?:{_N}{{1,3}}[日号])?|{_N}{{1,3}}点(?:半|钟|多|{_N}{{1,3}}分)?|[0-9]{{1,2}}[:：][0-9]{{2}}(?![0-9])"
    rf"|{_N}{{1,4}}(?:个多?月|年|天|个多?小时|小时|分钟|个?礼拜|个?星期)(?:多|了|前|没)?"
)
_MONEY = re.compile(
    rf"(?:[0-9]{{1,12}}(?:\.[0-9]{{1,2}})?|{_N}{{1,8}})(?:多)?(?:万|千|百)?(?:余|多)?(?:元|块钱|块|万元|万块|人民币)"
)
_PEOPLE = re.compile(
    rf"(?:[0-9]{{1,6}}|{_N}{{1,5}})(?:多|余|几)?(?:个人|名工人|个工人|名员工|个员工|个农民工|户人家|户居民|名|户|位|口人)"
)
_PARTY = re.compile(
    r"(?:投诉|举报|反映|控告|被投诉(?:单位|方|人)?[:：是为]?)\s{0,2}((?!这|那|有|我|你|他)[\u4e00-\u9fffA-Za-z0-9()（）]{1,18}?"
    r"(?:公司|集团|物业|饭店|餐厅|餐馆|酒店|宾馆|超市|商场|商店|店|工地|项目部|医院|学校|幼儿园|培训机构|健身房|酒吧|网吧|棋牌室|"
    r"居委会|业委会|街道|派出所|管理处|中介|银行|厂|局|所|队|中心|KTV))"
)
_PARTY_PLAIN = re.compile(
    r"物业公司|物业(?!费|管理条例)|开发商|施工队|施工单位|施工方|项目部|总包|动迁公司|拆迁公司|装修公司|装修队|[二前]?房东|包工头|工头|"
    r"包工队|快递公司|健身房|中介公司|房产中介|中介|理发店|小卖部|烟酒店|火锅店|烧烤店|奶茶店|饭店|餐馆|酒吧|网吧|棋牌室|"
    r"[\u4e00-\u9fff]{2}有限公司"
)
"""No public body stands here: who only tells of having asked one does not complain about it."""
_PATTERNS = (("time", _TIME), ("money", _MONEY), ("people", _PEOPLE))
_MOST = 20


def entities(text: str) -> tuple[Entity, ...]:
    """Times, money and people in a normalised text, in order; at most 20 of a kind."""
    found = []
    for kind, pattern in _PATTERNS:
        for number, match in enumerate(pattern.finditer(text)):
            if number == _MOST:
                break
            found.append(Entity(kind=kind, text=match[0], start=match.start(), end=match.end()))
    return tuple(sorted(found, key=lambda entity: entity.start))


def party(text: str) -> Entity | None:
    """Whom it is about: what follows a word of complaint, else the first usual party that is named."""
    told = _PARTY.search(text)
    if told is not None:
        return Entity(kind="party", text=told[1], start=told.start(1), end=told.end(1))
    plain = _PARTY_PLAIN.search(text)
    return Entity(kind="party", text=plain[0], start=plain.start(), end=plain.end()) if plain else None
