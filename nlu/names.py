"""Names of people after words that announce one. A surname with a title (张女士) is no secret and stays."""

import re
from collections.abc import Iterator

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范"
    "方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦"
    "申尤毕聂丛焦向柳邢路岳齐梅莫庄辛管祝左涂谷祁耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋甘景薄单包司柏宁"
    "柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟"
)
_COMPOUND = "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|司徒|令狐|夏侯|端木"
_HAN = r"[\u4e00-\u9fff]"
_CALLED = re.compile(
    rf"(?:我叫|本人叫|名叫|名字(?:是|叫)?|姓名(?:是|为|叫)?|联系人(?:是|为|叫)?|当事人(?:是|叫)?|申请人(?:是)?|来电人|"
    rf"投诉人|反映人|户主(?:是|叫)?)[:：\s]{{0,3}}((?:{_COMPOUND})|[{_SURNAMES}])({_HAN}{{1,2}})"
)
_FIELD = re.compile(
    rf"(?:姓名|联系人|申请人|来电人|投诉人|反映人|户主)[:：]\s{{0,2}}([{_SURNAMES}]{_HAN}[\u4e00-\u9fff·]{{0,8}})(?=[，,。；;、\s]|$)"
)
_I_AM = re.compile(rf"(?:我是|本人)((?:{_COMPOUND})|[{_SURNAMES}])({_HAN}{{1,2}})(?=[，,。；;\s])")
_ROLE = re.compile(
    r"(?:业主|居民|市民|家长|患者|病人|学生|户名|开户人|收件人|寄件人|持卡人|车主|驾驶员|司机|签名|签字|落款|敬礼|——|--|"
    r"(?:孩子|儿子|女儿|老公|老婆|丈夫|妻子|父亲|母亲|爸爸|妈妈|房东|老板|经理|邻居|同事|朋友)(?:叫|是|名叫))"
    rf"[:：\s]{{0,2}}((?:{_COMPOUND})|[{_SURNAMES}])({_HAN}{{1,2}})(?=[，,。；;、\s（(）)]|$)"
)
_NUMBER = r"(?:\+?86[-\s]?)?(?:1\d{2}[-\s.]?\d{4}|0\d{2,3}[-\s]?\d{4}|[1-9]\d{5}(?:18|19|20)\d{2})"
_ITS_NUMBER = r"(?:我的|本人的?|的)?(?:联系)?(?:电话|手机|号码|身份证)?(?:号码?)?(?:是|为)?[:：]?\s{0,2}"
_BEFORE_NUMBER = re.compile(
    rf"(?<!{_HAN})((?:{_COMPOUND})|[{_SURNAMES}])({_HAN}{{1,2}})(?=[，,、：:\s（(]{{0,2}}{_ITS_NUMBER}{_NUMBER})"
)
_AFTER_NUMBER = re.compile(
    rf"\d{{4}}[，,、\s（(]{{1,2}}((?:{_COMPOUND})|[{_SURNAMES}])({_HAN}{{1,2}})(?=[）)，,。；;\s]|$)"
)
_TITLES = (
    *(
        "女士",
        "先生",
        "小姐",
        "阿姨",
        "师傅",
        "老师",
        "大爷",
        "大妈",
        "同志",
        "医生",
        "经理",
        "主任",
        "律师",
        "叔叔",
        "伯伯",
    ),
    *(
        "奶奶",
        "爷爷",
        "大姐",
        "大哥",
        "老伯",
        "老太",
        "某",
        "总",
        "工",
        "家",
        "姐",
        "哥",
        "叔",
        "姨",
        "伯",
        "老板",
        "警官",
    ),
)
_GOES_ON = frozenset("住在是我的家电有要想今和因手联反来说现这对投向号性男女身，也就已从被给与及或把将请希年")
"""Characters that begin the next word far more often than they end a given name."""
_NO_NAME = frozenset("中龄级层校新车床票货单价费件房门口区业户主人员工生师长者家年月日路街道弄村边上下里外")
_TAKEN_CARE_OF = ("方便面", "外卖", "车来", "车子", "人来", "保安")


def names(text: str) -> Iterator[tuple[int, int]]:
    """Half-open ranges of the names, surname included."""
    for found in _FIELD.finditer(text):
        if not found[1][1:].startswith(_TITLES):
            yield found.span(1)
    for found in _CALLED.finditer(text):
        yield from _name(found)
    for pattern in (_BEFORE_NUMBER, _AFTER_NUMBER, _ROLE):
        for found in pattern.finditer(text):
            if found[2][0] not in _NO_NAME and found[2][-1] not in _NO_NAME and found[2][0] not in _GOES_ON:
                yield from _name(found)
    for found in _I_AM.finditer(text):
        if found[2][0] not in _NO_NAME and found[2][-1] not in _NO_NAME:
            yield from _name(found)


def _name(found: re.Match[str]) -> Iterator[tuple[int, int]]:
    given = found[2]
    if given.startswith(_TITLES) or (found[1] + given).startswith(_TAKEN_CARE_OF) or given[0] in "了着":
        return
    length = 1 if len(given) == 2 and given[1] in _GOES_ON else len(given)
    yield found.start(1), found.start(2) + length
