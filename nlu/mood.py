"""How a message is said, and threats that a person must read, by the words that say so. Pure.

Anger is no reason to be served sooner and calm no reason to wait: the mood is shown, and changes no priority.
"""

import re
from collections.abc import Iterable, Iterator

from tickets.said import Feeling, Mood, Threat

_MOST = 12
_WORDS: dict[Mood, str] = {
    Mood.DESPERATE: r"绝望|走投无路|求求(?:你们|您|政府|领导)|跪求|跪下|救救(?:我|我们|孩子)|崩溃|没有活路|没活路|活不下去|生不如死|叫天天不应|"
    r"实在(?:是)?没(?:有)?办法了|真的?(?:是)?没(?:有)?办法了|撑不下去|逼(?:死|上绝路)|哭(?:了好几|着打)",
    Mood.ANGRY: r"气愤|愤怒|气死|气人|太过分|过分了|无法无天|黑心|混蛋|王八蛋|不要脸|欺人太甚|忍无可忍|坑人|骗子|凭什么|吃干饭|吃白饭|"
    r"不作为|丧尽天良|岂有此理|强烈(?:谴责|抗议|不满|投诉|要求)|嚣张|霸道|无耻|恶心|垃圾(?:公司|物业|单位|服务|开发商)|你们(?:到底|是不是)?(?:还)?管不管|"
    r"到底(?:有没有人|管不管|还管)|简直|天理|良心被狗|踢皮球|官官相护|什么东西|混账|可恶|可恨|太黑了|太嚣张|欺负(?:人|老百姓|我们)",
    Mood.UPSET: r"睡不(?:着|好|成)|苦不堪言|受不了|无法忍受|吃不消|头(?:疼|痛)(?!医)|心烦|烦死|烦躁|担心|害怕|提心吊胆|无奈|委屈|失望|难受|着急|急死|"
    r"没人管|不管不问|不闻不问|苦恼|困扰|折磨|影响(?:了)?(?:我|我们|居民|孩子|老人|正常|日常)?[^，。；]{0,6}(?:休息|睡眠|生活|学习|出行)|怨声载道|寒心|心寒|伤心|痛苦|气不过|憋屈|"
    r"推(?:来推去|诿|三阻四)|拖了(?:这么|好|很)久|一直没(?:有)?(?:人|解决|处理|回复|答复)|反映(?:了)?(?:好|很)?多次|多次(?:反映|投诉|打电话)",
}
_THREATS: dict[Threat, str] = {
    Threat.SELF_HARM: r"不想活|活不下去|自杀|轻生|跳楼(?!价|机|大甩卖|甩卖|促销|清仓)|跳江|跳河|跳桥|割腕|自焚|喝农药|喝药(?=死|自)|寻短见|死给(?:你们|他们|大家)看|一死了之|死了算了|不如死了|了结自己|结束(?:自己的)?生命",
    Threat.VIOLENCE: r"同归于尽|(?:我|我们)(?:就|要|一定|真的?|会|去)*(?:砍(?:人|了他|死)|杀(?:人|了他|他全家|他们)|弄死|打死(?:他|她)|捅(?:死|了他)|炸(?:了|掉|楼)|放火|一把火烧)|拼命(?=$|[，。！])|和(?:他|他们|你们)拼了|鱼死网破",
    Threat.PETITION: r"群访|集体上访|越级上访|集体信访|(?:要|就|去|准备|打算|只能|只好|再不|组织|一起)[^，。；]{0,8}(?:上访|信访(?!办|局|电话|条例)|进京|去北京(?:告|反映|上访)|"
    r"(?:到|去)[市区]?(?:政府|委|信访)[^，。]{0,6}(?:静坐|拉横幅|讨(?:个)?说法|要说法|上访|堵门)|拉横幅|集体维权|静坐|堵(?:路|门|大门|马路))",
    Threat.MEDIA: r"(?:要|就|去|准备|打算|只能|只好|再不|会|找)[^，。；]{0,8}(?:曝光|找媒体|找记者|找电视台|发(?:到)?(?:抖音|微博|网上|朋友圈)|上热搜|上新闻)",
}
_NEGATED = re.compile(r"(?:不会|没有|没|不是|别|不要|不想|不去|从不|防止|避免|预防|劝|谈不上)[^，。；！？]{0,3}$")
_OTHERS = re.compile(r"(?:有人|听说|据说|新闻|以前|曾经|曾|去年|前年|差点|电影|小说|某人|看到)[^，。；！？]{0,8}$")
_ASKED = re.compile(r"^[^，。；！？]{0,8}(?:电话|怎么走|在哪|地址|流程|热线|宣传|讲座)")
_MOOD_OF = {mood: re.compile(pattern) for mood, pattern in _WORDS.items()}
_THREAT_OF = {threat: re.compile(pattern) for threat, pattern in _THREATS.items()}
_SHOUTED = re.compile(r"[！!]{2,}|(?:[！!][^！!]{1,20}){2}[！!]")
_STRENGTH = (Mood.DESPERATE, Mood.ANGRY, Mood.UPSET)
_HARD = frozenset({Threat.SELF_HARM, Threat.VIOLENCE})


def feelings(text: str) -> tuple[Feeling, ...]:
    """Words of feeling and of threat in a normalised text, in order, at most 12; threats come before the limit."""
    threats = list(_threats(text))
    moods = [
        one for one in _moods(text) if not any(one.start < other.end and other.start < one.end for other in threats)
    ]
    return tuple(sorted((*threats, *moods[: _MOST - len(threats)]), key=lambda one: one.start))


def mood(found: Iterable[Feeling], text: str) -> Mood:
    """The strongest mood that the words speak for. Shouting lifts what is upset to angry, and nothing else."""
    some = list(found)
    moods = {one.mood for one in some}
    if Threat.SELF_HARM in {one.threat for one in some}:
        return Mood.DESPERATE
    strongest = next((one for one in _STRENGTH if one in moods), Mood.CALM)
    if any(one.threat in _HARD for one in some) and strongest is not Mood.DESPERATE:
        return Mood.ANGRY
    if strongest is Mood.UPSET and _SHOUTED.search(text):
        return Mood.ANGRY
    return strongest


def _threats(text: str) -> Iterator[Feeling]:
    for threat, pattern in _THREAT_OF.items():
        for found in pattern.finditer(text):
            before, after = text[max(0, found.start() - 12) : found.start()], text[found.end() : found.end() + 12]
            if _NEGATED.search(before) and not found[0].startswith("不想活"):
                continue
            if _ASKED.match(after) or _OTHERS.search(before):
                continue
            yield Feeling(start=found.start(), end=found.end(), threat=threat)
            break


def _moods(text: str) -> Iterator[Feeling]:
    for mood_, pattern in _MOOD_OF.items():
        for found in pattern.finditer(text):
            if not _NEGATED.search(text[max(0, found.start() - 8) : found.start()]):
                yield Feeling(start=found.start(), end=found.end(), mood=mood_)
