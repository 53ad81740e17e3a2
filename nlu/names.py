"""Names of people in a normalised text. A surname with a title (张女士, 老王) tells nobody who it is and stays.

Most are found by nlu.name_model, whatever stands around them. What its alphabet does not hold comes from here: names in
a field of a form, given names after 叫, names of other peoples in Chinese characters, and names in Latin letters.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nlu.name_features import TITLES
from nlu.name_model import loaded
from nlu.segment import known_words

Range = tuple[int, int]

_HAN = r"[\u4e00-\u9fff]"
_STOP = r"(?=[，,。；;、！!？?：:（）()\s]|$)"
_FIELD = re.compile(
    rf"(?:姓名|联系人|申请人|来电人|来访人|投诉人|反映人|举报人|当事人|户主|收款人|户名|经办人?|开户人|代理人|监护人|签名)[:：]\s?({_HAN}{{2,4}}){_STOP}"
)
_CALLED = re.compile(
    rf"(?:孩子|宝宝|小孩|女儿|儿子|孙女|孙子|外孙女?|弟弟|妹妹|哥哥|姐姐|老公|老婆|丈夫|妻子|[我他她人]|本人|名字|小名|大名|乳名|真名|网名|的|是|好像)(?:的?名字)?叫(?:做|作)?({_HAN}{{2,4}}?)(?={_STOP}|的[，人]|今年|[，,]?[0-9]{{1,2}}岁)"
)
_CALLS_ITSELF = re.compile(
    rf"(?:我|本人|名字|姓名|全名|大名|真名|名)叫(?:做|作)?({_HAN}{{2,3}}){_STOP}|自称是?({_HAN}{{2,3}}){_STOP}"
)
"""Where even a usual word is a name, when a surname begins it: 我叫成功，."""
_CALLED_THINGS = re.compile(
    r"[了我他她你来得到人车不这那什啥谁过去醒声苦喊救外快代物保警出滴停开关]|.*(?:车|人|店|公司|小区|中心|路|村|里|楼)$"
)
_NO_NAME = re.compile(
    r".(?:女士|先生|小姐|阿姨|师傅|老师|大爷|大妈|医生|经理|主任|律师|某)|.*(?:业主|居民|市民|不详|匿名|保密|本人)"
)
_DOTTED = re.compile(rf"({_HAN}{{1,8}})((?:\s?[·•・]\s?{_HAN}{{1,8}}){{1,3}})")
_BEFORE_DOTTED = re.compile(r".*[的给在和跟是叫找把被向对问让说我你他她们为由经向与及位名这那]")
_DOT = re.compile(r"[·•・]")
_AFTER_DOTTED = re.compile(
    rf"(?:先生|女士|小姐|老师|教授|师傅|同志|夫妇|夫妻|一家|护照|没有|天天|每天|因|于|向|要|不|从|到|电话|手机)|(?<=[·•・]{_HAN}{_HAN})(?:的|说|在|来|被|把|和|跟|卖|住|切|今|昨|是)|(?<=[·•・]{_HAN}{_HAN}{_HAN})(?:的|说|在|来|被|把|和|跟|卖|住|切|今|昨|是)|(?<=[·•・]{_HAN}{_HAN}{_HAN}{_HAN})(?:的|说|在|来|被|把|和|跟)"
)
_NO_DOTTED = re.compile(
    r"^(?:万科|新华|华润|绿地|保利|龙湖|中海|融创|恒大|金地|招商|世茂|仁恒|绿城|中粮|金茂|首创|远洋|阳光|城投|星河|新城|华发|建发|华侨城|米其林)|[的给路店区]|[区路店业主号城园楼街道镇村期苑府馆厅坊社司院校馆堂湾里山]$|^[我是叫在的和跟找]"
)
_PIECE = (
    "扎西|次仁|卓玛|丹增|罗桑|洛桑|格桑|央金|旺堆|尼玛|达瓦|平措|顿珠|多吉|仁青|才让|拉姆|白玛|索朗|边巴|普布|拉巴|米玛|次旦|德吉|曲珍|旺姆|"
    "阿不都|阿布都|阿卜杜|艾合买提|买买提|麦麦提|买合木提|古丽|吐尔逊|努尔|热依木|艾力|玉素甫|库尔班|依明|阿依|帕提|夏木|热合曼|克里木|外力|"
    "艾山|玉山|图尔|阿迪力|迪力|穆罕默德|穆罕|默罕|哈力|海日|祖农|塔依尔|巴特尔|其其格|乌云|斯琴|娜仁|格日勒|巴图|朝鲁|苏日|图雅|高娃|"
    "萨仁|托娅|布和|孟和|特木尔|额尔|敖登|呼斯楞|牧仁|吉木|日火|阿呷|尔古|沙马|吉克|马海|阿木|曲木"
)
_PIECE_STARTS = "".join(sorted({piece[0] for piece in f"{_PIECE}|古丽|阿依|努尔|巴特|格日".split("|")}))
_OTHER_PEOPLES = re.compile(
    rf"(?=[{_PIECE_STARTS}])(?:(?:{_PIECE}){{2,4}}(?:江|汗|拜|别克|罕|尼亚孜)?|(?:古丽|阿依|努尔|巴特|买买提|阿不都|卓玛|格日)(?:娜尔|孜亚|米拉|巴哈尔|夏提|尔|娜|江))"
)
_PIECE_ALONE = re.compile(rf"(?:叫|是|名)({_PIECE}){_STOP}")
_JAPANESE = re.compile(
    r"(?:山田|田中|佐藤|铃木|高桥|渡边|伊藤|中村|小林|加藤|吉田|山本|松本|井上|木村|清水|山口|佐佐木|藤原|斋藤|石川|中岛)(?:[一-鿿]{1,3}?(?:郎|子|美|介|平|夫|雄|一|太|树|人|惠|香))"
)
_VIETNAMESE = re.compile(rf"(?:阮|黎|范|陈|武|裴|吴|黄)(?:氏|文|玉){_HAN}{{1,2}}{_STOP}")
_LETTER = re.compile(r"[A-Za-z]{2}")
_TWO_WORDS = re.compile(r"[A-Za-z][\s,·]{1,2}[A-Za-z]")
_CAPITAL = re.compile(r"[A-Z][a-z]")
_LATIN = re.compile(r"(?<![A-Za-z])[A-Z][a-z]{1,14}(?:[ ·.-]{1,2}(?:[A-Z]\.|[A-Z][a-z]{1,14})){1,3}(?![A-Za-z])")
_LATIN_ALONE = re.compile(
    r"(?:叫|是|名|姓名|外教|老师|房东|租客|老外|教练|经理|同事|邻居|朋友|中介|销售|顾问|店长|老板|客服|前台|联系人|业主|找|跟|和)[:：\s]?([A-Z][a-z]{2,14})(?![A-Za-z0-9])"
    r"|(?<![A-Za-z])([A-Z][a-z]{2,14})(?=\s?(?:老师|先生|女士|小姐|教练|经理|太太|阿姨|说|跟我|和我|告诉|让我|不肯|答应))"
)
_GIVEN_LATIN = re.compile(
    r"(?<![A-Za-z])(?:Tony|Kevin|Lisa|Amy|Jack|Lucy|Lily|Tom|Jerry|Mike|Michael|David|John|James|Peter|Paul|Mary|Anna|Alice|Emma|Emily|Vivian|Vicky|Cindy|"
    r"Nancy|Linda|Jenny|Jason|Eric|Andy|Leo|Frank|Henry|Steven|Steve|Robert|Daniel|Alex|Andrew|Chris|Bob|Bill|Ben|Sam|Ryan|Simon|Allen|Jessica|Jessie|Sarah|Sophia|"
    r"Sophie|Helen|Susan|Tina|Wendy|Yuki|Coco|Bella|Judy|Cathy|Catherine|Kelly|Angela|Monica|Maria|Maggie|Eva|Jane|Julia|Julie|Joyce|Nicole|Olivia|Karen|Fiona|"
    r"Ivy|Iris|Ella|Ann|Annie|Betty|Carol|Claire|Diana|Elsa|Gina|Irene|Jay|Johnny|Jimmy|Kenny|Larry|Martin|Nick|Oscar|Philip|Ray|Richard|Roger|Sean|Terry|Thomas|"
    r"Tim|Victor|Vincent|William|Winnie|Zoe|Hans|Pierre|Carlos|Jose|Ali|Ahmed|Mohammed|Ivan|Olga|Natasha|Dmitri|Sergei)(?![A-Za-z])(?!['’]s\s?[A-Z])"
)
_NO_LATIN = re.compile(
    r"Store|Park|Cent|Plaza|Road|Room|Street|Avenue|Lane|Hotel|Coffee|Cafe|City|Mall|Club|Bar|House|School|Bank|Pro|Max|Mini|Air|Wi|Fi|Tower|Garden|"
    r"Shop|Group|Company|Hospital|App|Apple|Super|Market|Pizza|Burger|Beer|Gym|Studio|Fitness|Tea|Milk|Home|Star|Costa|Family|Mart|Office|Word|Excel|"
    r"No|Tel|Hello|Dear|The|This|Please|Thank|Model|Type|Code|Red|Blue|New|Old|Good|Happy|Shanghai|China|English|Building|Floor|Unit|Flat|Phone|Mobile"
)
_SYLLABLE = r"(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?(?:iang|iong|uang|ueng|ang|eng|ing|ong|ian|iao|uan|uai|ai|ei|ao|ou|an|en|in|un|ia|ie|iu|ua|uo|ui|ue|er|[aeiouv])"
_PINYIN = re.compile(
    r"(?<![A-Za-z])(?:zhang|wang|li|liu|chen|yang|zhao|huang|zhou|wu|xu|sun|hu|zhu|gao|lin|he|guo|luo|liang|song|zheng|xie|han|tang|feng|dong|xiao|"
    r"cheng|cao|yuan|deng|fu|shen|zeng|peng|lv|lyu|su|lu|jiang|cai|jia|ding|wei|xue|ye|yan|pan|du|dai|xia|zhong|tian|ren|fan|fang|shi|yao|tan|liao|zou|"
    rf"xiong|jin|hao|kong|bai|cui|kang|mao|qiu|qin|gu|hou|shao|meng|long|wan|duan|qian|yin|chang|qiao|gong|wen|ma)[\s,·]{{1,2}}{_SYLLABLE}(?:[\s'-]?{_SYLLABLE})?(?![A-Za-z])",
    re.IGNORECASE,
)
_FOREIGN = re.compile(
    r"约翰逊?|玛丽亚?|玛利亚|大卫|杰克逊?|汤姆|迈克尔?|彼得|保罗|丹尼尔|詹姆斯|罗伯特|威廉|理查德|安娜|安妮|艾米丽?|艾玛|露西|莉莉丝|索菲亚?|伊万诺?夫?娜?|"
    r"娜塔莎|安德烈|谢尔盖|穆罕默德|艾哈迈德|法蒂玛|卡洛斯|史密斯|布朗|琼斯|凯文|琳达|杰森|史蒂文|马克西姆|克里斯|亚历山大|亚历克斯|凯瑟琳|伊丽莎白|珍妮弗?|杰西卡?"
)
_FOREIGN_NEXT = re.compile(r"先生|女士|老师|教授|小姐|太太|说|来|打|住|在|的|是|，|,|。|$|被|把|和|跟|电话|[（( ]")
_COMPOUND = re.compile(
    r"(?:欧阳|司马|上官|诸葛|皇甫|尉迟|公孙|慕容|司徒|司空|令狐|夏侯|端木|独孤|宇文|长孙|钟离|呼延|淳于|申屠|澹台|完颜|赫连|拓跋|鲜于|濮阳|万俟|闻人|轩辕|公冶|太史)"
    rf"(?!路|街|镇|村|区|县|小区)({_HAN}{{1,2}})"
)
_NUMBER = r"(?:\+?86[-\s]?)?(?:1\d{2}[-\s.]?\d{4}|0\d{2,3}[-\s]?\d{4}|[1-9]\d{5}(?:18|19|20)\d{2}|[一幺][零〇一二三四五六七八九幺]{5})"
_ITS_NUMBER = r"(?:我的|本人的?|的)?(?:联系)?(?:电话|手机|号码|身份证)?(?:号码?)?(?:是|为)?[:：]?\s?"
_LONG_NUMBER = re.compile(r"\d{3}|[一幺][零〇一二三四五六七八九幺]{5}")
_BEFORE_NUMBER = re.compile(rf"(?<!{_HAN})({_HAN}{{2,3}})(?=[，,、：:\s（(]{{0,2}}{_ITS_NUMBER}{_NUMBER})")
_AFTER_NUMBER = re.compile(rf"\d{{4}}[，,、\s（(]{{1,2}}({_HAN}{{2,3}}){_STOP}")
_BEFORE_SEX = re.compile(rf"(?<!{_HAN})({_HAN}{{2,3}})(?=[，,（(\s]{{1,2}}[男女][，,。；\s）)])")
_BEFORE_TITLE = re.compile(rf"(?<!{_HAN})({_HAN}{{2,3}})(?=女士|先生|小姐)")
_AFTER_ROLE = re.compile(
    rf"(?:联系人|申请人|来电人|来访人|投诉人|反映人|举报人|当事人|户主|收款人|户名|经办人|开户人|代理人|监护人|收件人|寄件人|预约人|挂号人|业主|患者|病人|车主|我是|我叫|本人|签名|落款|敬礼)\s?({_HAN}{{2,3}}){_STOP}"
)
"""Where hardly anything but a name stands, if a surname begins it."""
_GOES_ON = frozenset(
    "住在是我的家电有要想今和因手联反来说现这对投向号男女身也就已从被给与及或把将请希年跟找叫让打没不去了都到先女同老"
)
_BLANK = re.compile(rf"(?<={_HAN})\s(?={_HAN})")


_LONGEST_PIECE = 6
_SELDOM = 20
"""Characters to a blank from which on the blanks are no recogniser's."""
_BESIDE_BLANK = 9
_SURNAME_LEAST = 2
_SURNAME_USUAL = 4
_USUAL = frozenset("NVDMPRTCUBFWvdmprtcuw")
"""Parts of speech of words that are no name even where one is expected; capitals are very usual words."""


def names_many(texts: Sequence[str], amid: Sequence[bool]) -> list[list[Range]]:
    """For each text half-open ranges of the names, surname included; the surest first, some may overlap.

    `amid`: other personal data stand in that text.
    """
    model = loaded()
    windows = [list(_windows(text)) for text in texts]
    pieces = [one.text for some in windows for one in some]
    told = iter(model.names_many([*texts, *pieces], [*amid, *[False] * len(pieces)]))
    whole = [next(told) for _ in texts]
    return [
        [*_dotted(text), *some, *_by_rule(text), *(found for one in wide for found in one.ranges(next(told)))]
        for text, some, wide in zip(texts, whole, windows, strict=True)
    ]


def _by_rule(text: str) -> list[Range]:
    """What the rules find; a rule is asked only when what it cannot do without stands in the text."""
    out: list[Range] = []
    if ":" in text or "：" in text:
        out += [found.span(1) for found in _FIELD.finditer(text) if not _NO_NAME.match(found[1])]
    out += _after_compound(text)
    for pattern in _strong(text):
        out += [found.span(1) for found in pattern.finditer(text) if _may_be_whole(found[1])]
    if "叫" in text or "自称" in text:
        out += [
            found.span(found.lastindex or 1)
            for found in _CALLS_ITSELF.finditer(text)
            if _has_surname(found[found.lastindex or 1])
        ]
        out += [found.span(1) for found in _CALLED.finditer(text) if _may_be_given(found[1])]
    out += _of_other_peoples(text)
    if _LETTER.search(text):
        out += _in_letters(text)
    return out


def _strong(text: str) -> Iterator[re.Pattern[str]]:
    """Those of the strong places that the text can hold."""
    if _LONG_NUMBER.search(text):
        yield _BEFORE_NUMBER
        yield _AFTER_NUMBER
    if "男" in text or "女" in text:
        yield _BEFORE_SEX
    if "士" in text or "先生" in text or "小姐" in text:
        yield _BEFORE_TITLE
    yield _AFTER_ROLE


def _may_be_whole(said: str) -> bool:
    """Whether a surname begins it, a title does not follow, and nothing usual is called so."""
    letters = loaded().alphabet
    if (
        letters.surname.get(said[0], 0) < _SURNAME_LEAST
        or said[1:] in TITLES
        or said[1] in TITLES
        or _NO_NAME.match(said)
    ):
        return False
    if letters.surname[said[0]] < _SURNAME_USUAL and said in letters.speech:
        return False  # 房东, 司机, 车位: words of the language rather than people of these rare surnames
    return letters.speech.get(said, "n") not in _USUAL and said[-1] in letters.only and said[1] not in _GOES_ON


def _has_surname(said: str) -> bool:
    """Whether a surname begins it and no title follows."""
    return said[0] in loaded().alphabet.surname and said[1:] not in TITLES and not _NO_NAME.match(said)


def _after_compound(text: str) -> Iterator[Range]:
    """After a surname of two characters that is nothing else, whatever follows."""
    for found in _COMPOUND.finditer(text):
        given = found[1]
        if not _NO_NAME.match(given) and given not in TITLES and given[0] not in _GOES_ON:
            yield found.start(), found.end() - (len(given) == 2 and given[1] in _GOES_ON)


def _dotted(text: str) -> Iterator[Range]:
    """Names of several words with dots between, without the words before and after; nothing in them is a name of its own."""
    if not _DOT.search(text):
        return
    for found in _DOTTED.finditer(text):
        cut = _BEFORE_DOTTED.match(found[1])
        first = _after_people(found[1][cut.end() if cut else 0 :])
        said = _AFTER_DOTTED.split(first + found[2], maxsplit=1)[0]
        pieces = _DOT.split(said)
        if first and len(pieces) > 1 and len(first) <= _LONGEST_PIECE and not any(map(_NO_DOTTED.search, pieces)):
            start = found.end(1) - len(first)
            yield start, start + len(said)


def _after_people(said: str) -> str:
    """Without the words for people at its head: 业主阿里木 is 阿里木."""
    people = loaded().alphabet.people
    for length in (4, 3, 2):
        if len(said) > length + 1 and said[:length] in people:
            return said[length:]
    return said


def _of_other_peoples(text: str) -> Iterator[Range]:
    """Names of other peoples in Chinese characters."""
    for pattern in (_OTHER_PEOPLES, _JAPANESE, _VIETNAMESE):
        yield from (found.span() for found in pattern.finditer(text))
    yield from (found.span(1) for found in _PIECE_ALONE.finditer(text))
    for found in _FOREIGN.finditer(text):
        if (
            _FOREIGN_NEXT.match(text, found.end())
            and known_words(text[max(0, found.start() - 4) : found.end()])[-1] in found[0]
        ):
            yield found.span()


def _in_letters(text: str) -> Iterator[Range]:
    """Names in Latin letters: pinyin, foreign ones, and the English ones that many go by."""
    if _TWO_WORDS.search(text):
        yield from (found.span() for found in _PINYIN.finditer(text))
    if not _CAPITAL.search(text):
        return
    yield from (found.span() for found in _LATIN.finditer(text) if not _NO_LATIN.search(found[0]))
    yield from (found.span() for found in _GIVEN_LATIN.finditer(text))
    for found in _LATIN_ALONE.finditer(text):
        group = found.lastindex or 1
        if not _NO_LATIN.match(found[group]):
            yield found.span(group)


def _may_be_given(said: str) -> bool:
    """Whether what follows 叫 is what somebody is called, and not what is called for."""
    if _CALLED_THINGS.match(said) or _NO_NAME.match(said):
        return False
    return (
        len(set(said)) == 1 or said[0] in "小阿" or len(known_words(said)) > 1 or said not in loaded().alphabet.speech
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window:
    """A piece of a text without its blanks, and where its characters stand in the text. With `joint`, only what lies across that
    character counts."""

    text: str
    places: Sequence[int]
    joint: int | None = None

    def ranges(self, found: Sequence[Range]) -> Iterator[Range]:
        """The names that were found in the piece, as ranges of the text."""
        for start, end in found:
            if self.joint is None or start < self.joint < end:
                yield self.places[start], self.places[end - 1] + 1


def _windows(text: str) -> Iterator[_Window]:
    """What to read once more of a text whose words or characters are parted by blanks, as recognised speech comes.

    Where blanks are few, only what stands right beside one is read.
    """
    blanks = [blank.start() for blank in _BLANK.finditer(text)] if " " in text or "\n" in text else []
    if len(blanks) * _SELDOM < len(text):
        for blank in blanks:
            first, last = max(0, blank - _BESIDE_BLANK), min(len(text), blank + 1 + _BESIDE_BLANK)
            places = [*range(first, blank), *range(blank + 1, last)]
            yield _Window(text=text[first:blank] + text[blank + 1 : last], places=places, joint=blank - first)
        return
    left_out = set(blanks)
    places = [place for place in range(len(text)) if place not in left_out]
    yield _Window(text="".join(map(text.__getitem__, places)), places=places)
