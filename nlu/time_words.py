"""The words of time: one pattern for a moment or a stretch, one for lengths, one for what comes back."""

import re

from nlu.feasts import FEASTS

N = r"(?:[0-9]{1,2}|[一二两三四五六七八九十]{1,3})"
_PREFIXED = r"(?:上上|下下|上|这|本|下)个?(?:周|星期|礼拜)"
_FEAST = "|".join(FEASTS)

PARTS: dict[str, tuple[int, int]] = {
    **dict.fromkeys(("凌晨", "后半夜", "下半夜"), (0, 300)),
    **dict.fromkeys(("清晨", "早晨", "清早", "大清早", "一大早", "一早", "天不亮"), (300, 480)),
    **dict.fromkeys(("早上", "早"), (360, 540)),
    "上午": (480, 720),
    **dict.fromkeys(("中午", "午间", "午休时间", "午休"), (660, 840)),
    "下午": (720, 1080),
    **dict.fromkeys(("傍晚", "晚饭时间"), (1020, 1140)),
    **dict.fromkeys(("晚上", "晚间", "当晚", "晚"), (1080, 1440)),
    **dict.fromkeys(("夜里", "夜间", "夜晚", "夜", "晚上到凌晨"), (1200, 300)),
    **dict.fromkeys(("半夜", "深夜", "大半夜", "三更半夜", "半夜三更", "深更半夜", "午夜"), (1380, 300)),
    **dict.fromkeys(("白天", "大白天"), (360, 1080)),
}
"""Part of the day to minutes after midnight; the end is the smaller one when it runs over midnight.

Where one part ends and the next begins is our convention: no source says when an evening begins.
"""
SMALL_HOURS = frozenset(
    {"夜里", "夜间", "夜晚", "夜", "半夜", "深夜", "大半夜", "三更半夜", "半夜三更", "深更半夜", "午夜"}
)
"""Parts in which two o'clock belongs to the night that began the evening before."""

_PART = "|".join(sorted((word for word in PARTS if len(word) > 1), key=len, reverse=True))
_CLOCK = (
    rf"(?:(?P<hour>{N})(?:点|时(?=[0-9半许]))(?:(?P<half>半)|(?P<quarter>[一三])刻|(?P<minute>{N}(?=分)|[0-5][0-9](?![0-9])|[二三四五]?十[一二三四五六七八九]?|[零〇][一二三四五六七八九])分?|(?P<more>多|过)|钟)?钟?(?:左右|前后|许)?"
    r"|(?P<hh>[01]?[0-9]|2[0-4])[:：](?P<mm>[0-5][0-9])(?:[:：][0-5][0-9])?(?![0-9]))"
)
_DAY = (
    r"(?P<iso>20[0-9]{2}[-./][01]?[0-9][-./][0-3]?[0-9](?![0-9]))"
    r"|(?P<day>大前天|前天|昨天|今天|明天|后天|今日|昨日|明日|当天|(?:今|昨|前|明)(?=[早晚夜晨]))"
    rf"|(?P<year>(?:20[0-9]{{2}}|19[0-9]{{2}}|二[〇零][一二三四五六七八九〇零]{{2}}|(?<![0-9])[012][0-9](?=年(?:[一二三四五六七八九十0-9]{{1,2}}月|年?[初底]|[上下]半年)))年|今年|去年|前年|明年|大前年)"
    rf"(?:的?(?:(?P<ymonth>{N})月份?(?:(?P<yday>{N})[日号])?|(?P<yfeast>{_FEAST})|(?P<ypart>上半年|下半年|年?初|年?底)))?"
    rf"|(?P<month_word>上上个?月|上个?月|这个?月|本月|下个?月)份?的?(?:(?P<mday>{N})[日号]|(?P<mpart>月?初|上旬|中旬|月?底|下旬|末))?"
    rf"|(?<![0-9个每几])(?P<month>(?:1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九]))月份?(?:(?P<mdate>{N})[日号](?![楼线院门院]))?(?!季|嫂|饼|经|租|票|卡|供|薪)"
    rf"|(?P<week>{_PREFIXED})(?P<wday>[一二三四五六日天末])?"
    r"|(?P<bare>周|星期|礼拜)(?P<bday>[一二三四五六日天])(?![一-龥]{0,1}(?:浦|口路|围))"
    rf"|(?P<feast>{_FEAST})(?:节|假期|长假|黄金周|放假)*"
)
_TAIL = r"(?:期间|那几天|那天|前后)?"
_SINCE = r"(?:以来|起(?!火|诉|来)|开始)?"
MOMENT = re.compile(
    r"(?=[0-9一二两三四五六七八九十大前今昨明后当去上这本下周星礼国春过劳元清端中凌早天午傍晚夜半深白至现目如刚此])(?:"
    rf"(?:{_DAY})的?{_TAIL}(?P<since>{_SINCE})(?:[，, ]?(?P<part>{_PART}|[早晚夜晨](?![餐饭高班归市报]))的?)?(?:[，, ]?{_CLOCK})?(?P<since2>{_SINCE})"
    rf"|(?P<part2>{_PART})的?(?:{_CLOCK.replace('?P<', '?P<x')})?"
    rf"|(?<![0-9.第好有])(?:{_CLOCK.replace('?P<', '?P<z')})"
    r"|(?P<now>至今|现在|目前|如今|刚才|刚刚|此刻|这会儿))"
)
RANGE = re.compile(r"[，, ]?(?:一直|持续)?(?:到了?|至|直到|—{1,2}|-|~|～)[了]?")
ONE_OCLOCK = re.compile(r"[一两二三四五六七八九]点$")
NO_CLOCK = re.compile(
    r"建议|意见|要求|诉求|问题|原因|理由|疑问|希望|请求|说明|质疑|情况|方面|内容|[一-龥]?[都也不没]|儿|[，。：:；、]|$"
)
"""What follows a bare 一点, 两点 that is no time of day."""

UNITS: dict[str, int] = {
    "分钟": 1,
    **dict.fromkeys(("小时", "钟头"), 60),
    **dict.fromkeys(("天", "晚", "夜"), 1440),
    **dict.fromkeys(("周", "星期", "礼拜"), 7 * 1440),
    "月": 30 * 1440,
    "年": 365 * 1440,
}
LENGTH = re.compile(
    r"(?=[0-9半一二两三四五六七八九十百几好多])(?<![0-9第.])(?P<n>[0-9]{1,3}(?:\.[0-9])?|半|[一二两三四五六七八九十百几好多]{1,4})(?P<more>[多来余]?)个?(?P<half>[半多]?)"
    r"(?P<unit>分钟|小时|钟头|天|晚上?|周|星期|礼拜|(?<=[个半多])月|年)(?P<half2>半?)(?P<over>多?)"
    r"(?P<tail>之?前|以前|以来|来|之?内|以内|了|后|以后)?"
)
LEAD = re.compile(r"(?:最近|过去|近|这|前|连续|已经|已|超过|至少|每隔|每)$")
"""What may stand before a length and changes what it means."""
NO_LENGTH = re.compile(r"级|代|制|班|围|边|会|次|租|龄|卡|票|到晚|天前后|四季|两头")
"""What follows a number and a unit that together are no length: 三年级, 80年代, 一天到晚."""

EVERY = re.compile(
    rf"(?=[每天日整成一夜逢周双年工上早晚节])(?:(?P<day>每天|天天|每日|日日|每一天|整天|成天|一天到晚)|(?P<night>每晚|夜夜|每天晚上|天天晚上|每到晚上|一到晚上|每到夜里|一到夜里|每到半夜|一到半夜)|"
    rf"每个?(?:周|星期|礼拜)(?P<wday>[一二三四五六日天末])?|(?P<weekend>(?:每到?|每逢|一到|逢|每个|(?<![上这本下个]))(?:周末|双休日))|"
    rf"(?P<month>每个?月)(?:(?P<mday>{N})[日号])?|(?P<year>每年|年年)(?:夏天|冬天|夏季|冬季|(?:{N}月))?|(?P<work>(?:每到|每个)?(?:工作日|上下班高峰|早晚高峰|早高峰|晚高峰))|"
    rf"(?P<feast>(?:每逢|一到|逢年)(?:节假日|过节|下雨|雨天|下雨天)|节假日))"
    rf"的?(?P<part>{_PART})?(?:{_CLOCK})?"
)
LATELY = re.compile(
    r"最近|近期|近来|近日|前段时间|这段时间|这阵子|这几天|这两天|前几天|前两天|前不久|长期|常年|一直以来|之前"
)
