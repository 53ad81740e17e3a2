"""Text that XML 1.0 can carry."""

import re

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """`text` without the characters that no XML document may hold, escaped or not."""
    return _ILLEGAL.sub("", text)


def cdata(text: str) -> str:
    """`text` as CDATA; "]]>" is split over two sections, so that it can never end the first."""
    return "<![CDATA[" + clean(text).replace("]]>", "]]]]><![CDATA[>") + "]]>"
