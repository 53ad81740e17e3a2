"""Number plates in a normalised text, as they are written and said (GA 36-2018, and the older and odder ones)."""

import re
from collections.abc import Iterator

_PROVINCE = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使"
_TAIL = r"[A-Za-z0-9零〇一二三四五六七八九幺]"
_GAP = r"[·•.\-\s]{0,2}"
_PLATE = re.compile(
    rf"[{_PROVINCE}](?:牌|籍)?\s?[A-Za-z]{_GAP}(?:{_TAIL}[·•.\-\s]?){{4,5}}[A-Za-z0-9零〇一二三四五六七八九幺挂学警港澳领]?(?![A-Za-z0-9])"
)
_WITHOUT_LETTER = re.compile(rf"(?:上海|[{_PROVINCE}])[A-Za-z]?[0-9]{{6,7}}(?![A-Za-z0-9])")
"""Electric bicycles: a province or city and six or seven digits."""
_AFTER_CUE = re.compile(
    r"(?:车牌号?码?|牌照号?|车号|号牌)[^A-Za-z0-9，。；\n]{0,4}([A-Za-z]{1,2}[·\s-]?[A-Za-z0-9]{4,6})(?![A-Za-z0-9])"
)
_REST_AFTER_CUE = re.compile(
    rf"(?:车牌|牌照|号牌)号?[{_PROVINCE}][A-Za-z][，,、\s]?(?:后面是|后面|然后是|后边是)[，,\s]?([A-Za-z0-9]{{3,6}})(?![A-Za-z0-9])"
)
_POLICE = re.compile(
    r"WJ\s?[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]?\s?[0-9]{4,5}[0-9A-Z]?(?![A-Za-z0-9])"
)
_DIGIT = re.compile(r"[0-9零〇一二三四五六七八九幺]")


def plates(text: str) -> Iterator[tuple[int, int]]:
    """Half-open ranges of the plates; some digit is in each."""
    for found in _PLATE.finditer(text):
        end = found.end() - (len(found[0]) - len(found[0].rstrip("·•.- \n")))
        if _DIGIT.search(found[0]):
            yield found.start(), end
    for found in _WITHOUT_LETTER.finditer(text):
        yield found.span()
    for pattern in (_AFTER_CUE, _REST_AFTER_CUE):
        for found in pattern.finditer(text):
            if _DIGIT.search(found[1]):
                yield found.span(1)
    for found in _POLICE.finditer(text):
        yield found.span()
