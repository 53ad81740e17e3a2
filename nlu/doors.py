"""Rooms and flats in a normalised text. A lane, a house or a building alone is a place to work at and stays readable."""

import re
from collections.abc import Iterator

_N = r"[0-9一二三四五六七八九十百零〇幺]"
_ROOM = r"(?:[1-9]|[1-6][0-9])(?:0[1-9]|[1-3][0-9])"
"""Storey and room in figures: 501, 1203."""
_SAID = r"[一二三四五六七八九][零〇一二三四五六七八九幺]{2,3}"
_HOUSE = rf"(?:{_N}{{1,4}}|[两甲乙丙丁A-Za-z])\s?(?:号楼|楼|号|栋|幢|座|院|#楼?)"
_UNIT = rf"(?:{_N}{{1,2}}\s?(?:单元|梯|门(?=[0-9])|号门)|[甲乙丙丁东西南北A-Da-d]单元)"
_STOREY = r"(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})[楼层]"
_END = r"(?![0-9弄号路年月日元人个天次点米度块分万千百楼层期届名条岁%％.])"
_KINDS = r"(?:室|房(?![间价东租子产屋管地型])|寝室|宿舍(?=的|，|,|。|为))"
_LANE_ROOM = r"(?:[底一二三四五六1-6]?(?:楼|层))?(?:[东西南北中]间|前楼|后楼|前间|后间|亭子间|[前后]?客堂间?|厢房|[东西前后]厢房?|阁楼|三层阁|灶披间)"
"""Rooms of lane houses, which have names instead of numbers."""
_DOOR = re.compile(
    rf"(?=[0-9两一二三四五六七八九十百零〇幺甲乙丙丁东西南北A-Za-z#])(?=[\s\S]{{0,7}}?[楼层室户房寝宿单梯门号栋幢座院#/甲乙丙丁-])(?:(?:{_HOUSE})?(?:{_UNIT})?(?:{_STOREY}|[顶底]楼)(?:{_ROOM}|{_SAID})室?{_END}"
    rf"|{_HOUSE}[\s,，-]?{_UNIT}[\s,，-]?(?:{_N}{{1,5}}\s?(?:室|户|房)?)?"
    rf"|(?:(?:{_HOUSE}|{_UNIT}|{_STOREY})[\s的]?)?(?:(?<![A-Za-z0-9])[A-Za-z]|(?<![A-Za-z])(?![一二两三四五]房)[A-Za-z]?{_N}{{1,5}}\s?|[甲乙丙丁东西南北][0-9]{{0,4}}){_KINDS}"
    rf"|[甲乙丙丁]号{_N}{{1,5}}室?"
    rf"|(?:{_HOUSE}|{_UNIT}|{_STOREY})[\s的，,/-]{{0,2}}(?:{_ROOM}|[0-9]{{3,4}}|{_SAID})(?:室|户)?{_END}"
    rf"|(?:{_HOUSE}|{_UNIT})[\s的]?{_N}{{1,5}}(?:室|户)"
    rf"|(?<![0-9A-Za-z]){_ROOM}号(?:房间?|室|床)|#\s?{_ROOM}(?![0-9])|(?<![0-9A-Za-z]){_ROOM}#"
    rf"|{_HOUSE}\s?[A-Za-z]-?{_ROOM}室?(?![0-9])|{_STOREY}\s?[A-Za-z][0-9]{{0,3}}(?:座|室)"
    rf"|(?<=弄)[甲乙丙丁]?{_N}{{1,4}}号(?:{_N}{{1,2}}|底)[楼层](?!{_N})"
    rf"|[甲乙丙丁]?{_N}{{1,4}}号(?:[乙甲丙丁]|{_LANE_ROOM})"
    rf"|{_STOREY}(?:东|西|南|北|中)(?:户|室|间|首)"
    rf"|(?:{_HOUSE}|{_UNIT})\s?的?{_STOREY}最?[左右东西南北里外](?:手|边|面|侧|首|头)?[那第的]?[一二]?(?:家|户|间|人家)"
    rf"|{_HOUSE}\s?[0-9]{{1,2}}[A-H](?![A-Za-z0-9])"
    rf"|(?<![-0-9/.])[0-9]{{1,2}}/{_ROOM}(?![-0-9/.])"
    rf"|(?<![-0-9])(?![48]00-)[0-9]{{1,3}}-[0-9]{{1,3}}-{_ROOM}(?![-0-9]))"
)
_LETTER = re.compile(
    r"(?:地下室|地下[一二]层|座|栋|幢|住|在|号|楼|家|铺位|商铺|门面)\s?([A-Za-z][0-9]?-?[0-9]{2,4})(?![A-Za-z0-9-])"
    r"|(?:[Rr]oom|[Uu]nit|[Ff]lat|[Aa]pt)\.?\s?([0-9]{1,4}[A-Za-z]?)(?![A-Za-z0-9])"
)
_BARE = re.compile(
    rf"(?:住|在|家|楼|屋|公寓|宿舍|民宿|楼上|楼下|隔壁|对门|对面|我是|我们|房号|房间|门牌|业主|租客|住户|租户|[（(]|[室户房][、和跟与及，,])\s?[是为:：]?"
    rf"({_ROOM}|[一二三四五六七八九][零〇][一二三四五六七八九])室?{_END}(?![-户])(?!\s户)"
)
_WITH_PEOPLE = re.compile(
    rf"(?<![0-9A-Za-z.:：/第-])({_ROOM}|[一二三四五六七八九][零〇][一二三四五六七八九])\s?的?"
    r"(?=住户|住的|住着|业主|租客|邻居|人家|房东|房客|那家|那户|这家|这户|那个|大爷|大妈|阿姨|老人|老太|老头|老两口|老夫妻|姑娘|女人|男人|租户|水管|空调|阿婆|爷叔|小伙|夫妻|小孩|孩子|户主|老伯|产妇|阿公|电表|门铃|全听|"
    r"家里|天天|半夜|每天|深更|又在|装修|漏水|阳台|门口|卫生间|厨房|房间)"
)
_TWO_PARTS = re.compile(
    r"(?:住|在|家|小区|新村|[一二三四五六七八九十]村|公寓|花园|苑|城|庭|坊|里|[0-9]弄)\s?((?<!\d)[0-9]{1,3}-(?:[0-9]{1,2}-)?[0-9]{3,4})(?![-0-9/元度])"
)
_NEXT = re.compile(rf"[、，,/和跟与及到至~-]\s?({_ROOM})室?{_END}(?![-0-9])")
_PAIR = re.compile(rf"(?<![0-9A-Za-z.:：/第-])({_ROOM})[和跟与、到至~]({_ROOM})室?{_END}(?![-0-9])(?!路|公交)")
_LIKE_IT = re.compile(
    rf"(?<![0-9A-Za-z.:：/第共约-]){_ROOM}{_END}(?![-0-9A-Za-z:：])(?=的|也|和|、|，|,|。|在|是|说|家|又|天天|每|里|也|没|有人|$)"
)
_NO_DOOR = frozenset(("110", "119", "120", "122", "114", "911", "315", "996", "985", "211", "404", "500"))
_OTHER_CUE = re.compile(r"取件|快递|货架|柜|码|订单|编号|公交|高铁|车次|航班|法|第|条")
_REACH = 8
_LATIN = re.compile(r"[A-Za-z]")
_ROOMY = re.compile(r"[0-9]{3}|[一二三四五六七八九][零〇][一二三四五六七八九]")
"""One of these stands in whatever _BARE, _WITH_PEOPLE, _TWO_PARTS and _PAIR find."""
_MAY_HOLD = re.compile(
    rf"[0-9]{{2}}|[零〇一二三四五六七八九幺]{{2}}|{_N}\s?(?:[室户]|单元|号(?:[甲乙丙丁]|.{{0,2}}[楼间堂房阁])|[楼层][东西南北中])|[甲乙丙丁东西南北A-Za-z]室"
)


def doors(text: str) -> Iterator[tuple[int, int]]:
    """Half-open ranges of the doors, house and unit included where they stand before; some may overlap."""
    if not _MAY_HOLD.search(text):
        return
    told = False
    for found in _DOOR.finditer(text):
        if not _OTHER_CUE.search(text, max(0, found.start() - _REACH), found.start()):
            told = True
            yield found.span()
            yield from _more(text, found.end())
    for pattern in _others(text):
        for found in pattern.finditer(text):
            if found[0] in _NO_DOOR or _OTHER_CUE.search(text, max(0, found.start() - 4), found.start()):
                continue
            for group in range(1, len(found.groups()) + 1):
                if found[group] is not None and found[group] not in _NO_DOOR:
                    told = True
                    yield found.span(group)
                    yield from _more(text, found.end(group))
    if told:  # who speaks of one room names the others by their numbers alone
        for found in _LIKE_IT.finditer(text):
            if found[0] not in _NO_DOOR and not _OTHER_CUE.search(text, max(0, found.start() - 4), found.start()):
                yield found.span()


def _others(text: str) -> Iterator[re.Pattern[str]]:
    """Those of the other patterns that the text can hold."""
    if _LATIN.search(text):
        yield _LETTER
    if _ROOMY.search(text):
        yield from (_BARE, _WITH_PEOPLE, _TWO_PARTS, _PAIR)


def _more(text: str, end: int) -> Iterator[tuple[int, int]]:
    """Further rooms of a list: 301、302."""
    for _ in range(_MOST_IN_A_LIST):
        found = _NEXT.match(text, end)
        if found is None:
            return
        yield found.span(1)
        end = found.end()


_MOST_IN_A_LIST = 10
