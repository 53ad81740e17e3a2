"""Words that only press ("快点快点快点"): people shout them about a broken lamp as about a fire.

The models of danger would take them for danger, so no model sees them; what has happened is in the other words.
"""

import re

_HINTS = ("快点", "快些", "赶", "急急急", "快快快", "速速", "十万火急", "在线等")
_PRESSING = re.compile(r"(?:快点|快些|赶紧|赶快|十万火急|急{3,}|快{3,}|速速|在线等)+[啊呀吧]*")


def without(text: str) -> str:
    """The text with those words blanked; as long as before. A text of nothing else stays as it is."""
    if not any(map(text.__contains__, _HINTS)):
        return text
    kept = _PRESSING.sub(lambda found: " " * len(found[0]), text)
    return kept if kept.strip(" ，。！!,.、") else text
