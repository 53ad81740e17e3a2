"""Whether a message asks how something is done, or tells that something is wrong. Plain words, no model.

"请问怎么办居住证" wants an answer; "居住证办了三个月没人管" wants somebody to act, and a passage would only anger.
"""

import re
from dataclasses import dataclass

_ASKS = re.compile(
    r"怎么(?!还|这么|那么|没|不|又|老是|总是|一直|回事儿?啊)|怎样|如何|咋[办弄走查算申样]|哪里|哪儿|哪家|哪个|哪些|哪天|去哪|在哪|到哪|什么时候|啥时候|几点|几号"
    r"|几天|几岁|几个月|几趟|多久|多少|多大|多长|什么[条材手部规标证原办程意号]|啥[条材手时]|要不要|能不能|可不可以|可以不|行不行|是不是|有没有"
    r"|算不算|合不合|找谁|谁管|归谁|跟谁|打哪个|该找|吗|么[?？]|呢[?？]|[?？]|请问|想问|咨询|问一下|打听|了解一下|需要准备|要带|要准备"
)
_WANTS = re.compile(
    r"(?:可以|能不能|能否|能|麻烦|什么时候)(?:派|来人|来修|来看|叫人来|快点|把我|把这|拖走|管一)|请(?!问|教)(?:你们)?(?:尽快|及时|马上|立即|派|来|查处|处理|解决|制止|督促|协调|有关部门)|赶紧|赶快|尽快|快来|快派|来人|派人|来看看|给个说法|要个说法|(?<![以能否])要求(?!检测)"
    r"|我要(?:投诉|举报|反映|控告)|(?<![想么何里])投诉(?!电话|到哪|去哪|找|应该|要[找打带填]|渠道|方式|怎么)|查处|取缔|制止|管一管|管不管|管管|修一修|清走|处理一下|解决一下|麻烦(?:查|处理|解决|派|来|你们)|查清楚"
)
_TELLS = re.compile(
    r"了(?:有|快|整整|大概)?[一二两三四五六七八九十几半0-9]+个?(?:多)?(?:小时|天|周|礼拜|星期|月|年)|没人|无人|没有人|不管|不修|不退|不理|不认|不给(?!我?换|开)|不让|不肯|拒不|拖[了着欠]|推来推去|推诿|一直|天天|每天都|经常|长期|多次|三番|好几次|几次|都没|还没"
    r"|还不|到现在|至今|半个?[月年]了|[一二两三四五六七八九十几0-9]+个?(?:多)?(?:小时|天|周|礼拜|星期|月|年)了|太差|太不像话|恶劣|严重|根本|凭什么|为什么我|实在|睡不着|没法|扰民"
    r"|臭得|吵得|骂|乱(?!收)|坏了(?!.*(?:怎么|找谁|跟谁|吗))|堆满|堵死|占满|偷偷|擅自|私自|通宵|跑路|卷款|故意|居然|竟然|害得|气死"
)
_EXACT = re.compile(
    r"\d+(?:弄|号楼|号门|室|幢|栋|支弄)|(?:路|街|弄|村|苑|园|坊|公寓|花园)\d+号|车牌|[\u6caa苏浙皖][A-Z]\w{5}"
)
_QUESTION_END = re.compile(
    r"(?:[吗么呢呀啊]|怎么办|怎么弄|哪里|找谁|多少|几点|什么|行不行|可以不)[?？!！。~\s]*$|[?？]\s*$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """How a message is put. Counts are of different words, at most 3 each.

    `n_asks`: words of asking; `n_wants`: words that want somebody to act; `n_tells`: words of grievance; `exact`: a house
    number or a plate is named; `ends_asking`: the last words are a question.
    """

    n_asks: int
    n_wants: int
    n_tells: int
    exact: bool
    ends_asking: bool


_MOST = 3


def asking(text: str) -> Asking:
    """How a normalised text is put."""
    return Asking(
        n_asks=_n(_ASKS, text),
        n_wants=_n(_WANTS, text),
        n_tells=_n(_TELLS, text),
        exact=_EXACT.search(text) is not None,
        ends_asking=_QUESTION_END.search(text.strip()) is not None,
    )


def _n(pattern: re.Pattern[str], text: str) -> int:
    return min(len({found.group() for found in pattern.finditer(text)}), _MOST)
