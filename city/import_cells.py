"""One cell of a file of a city's own, read as its column asks, as the pack's CSV writes it. Pure."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, time

from city.import_codes import Codes
from city.import_kinds import PLACE_KINDS, TYPES, URGENCIES, Column, Shape
from city.import_table import LONGEST_CELL, Cell, Number, Odd, shown

_LINES = frozenset({Shape.TEXT, Shape.REFERENCES, Shape.WORDS, Shape.DAYS, Shape.CONDITION})
"""Shapes whose cells may have several lines."""
_PARTS = re.compile(r"[|｜、；;\n]")
_DAY = re.compile(
    r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|\.(\d{1,2})\.(\d{1,2})|年(\d{1,2})月(\d{1,2})[日号])"
)
_TIME = re.compile(r"(\d{1,2})[:：](\d{2})(?:[:：]00)?")
_ERRORS = frozenset({"#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"})
_FORMULA = re.compile(r"=|[-+@][A-Za-z0-9_.$+*/ -]{0,60}[(|!]")
"""What a spreadsheet would compute: @SUM(A1), +cmd|' /C calc'!A0. Text such as "-3度" or "@centre" is only written
back with an apostrophe."""
_SHORT = re.compile(r"\d{3,5}|1\d{10}|[48]00\d{7}")
"""Telephone numbers that never begin with 0."""
_EXPONENT = re.compile(r"\d(?:\.\d+)?[eE]\+\d+")
_YES = {
    **dict.fromkeys(("yes", "true", "1", "是", "√", "✓", "有", "对"), "yes"),
    **dict.fromkeys(("no", "false", "0", "否", "×", "无"), "no"),
}
_WEEK = {
    **{f"{before}{day}": f"{code}" for before in ("周", "星期", "礼拜") for day, code in zip(
        "一二三四五六日", ("mon", "tue", "wed", "thu", "fri", "sat", "sun"), strict=True)},
    **dict.fromkeys(("周天", "星期天", "礼拜天"), "sun"),
    **dict.fromkeys(("每天", "每日", "全周", "天天"), "all"),
    **dict.fromkeys(("工作日",), "mon-fri"),
    **dict.fromkeys(("周末", "双休日"), "sat-sun"),
}  # fmt: skip
_TO_DAY = re.compile(r"\s*(?:至|到|—|－|–|~|～)\s*")
_CONDITIONS = {
    **dict.fromkeys(("类型", "诉求类型"), "type"),
    **dict.fromkeys(("紧急程度", "紧急"), "urgency"),
    **dict.fromkeys(("对象", "被诉对象"), "party"),
    **dict.fromkeys(("地点", "地点类型"), "place"),
    **dict.fromkeys(("词", "词语", "关键词"), "word"),
}
_CONDITION_WORDS: Mapping[str, Mapping[str, str]] = {"type": TYPES, "urgency": URGENCIES, "place": PLACE_KINDS}


class BadCell(Exception):
    """What is wrong with a cell: a stable upper-case word and a Chinese sentence."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(f"{reason}: {sentence}")
        self.reason, self.sentence = reason, sentence


def read_cell(cell: Cell, column: Column, codes: Codes) -> str:
    """The cell as the pack's CSV holds it; "" when it is empty. Raises BadCell."""
    if isinstance(cell, Odd):
        raise BadCell(cell.reason, cell.sentence)
    text = cell if isinstance(cell, str) else _typed(cell, column, codes)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").strip()
    if text:
        _harmless(text, column)
    reader = _READERS.get(column.shape)
    return reader(text, column, codes) if text and reader else text


def _typed(cell: Cell, column: Column, codes: Codes) -> str:
    """A cell that Excel has given a type, as text."""
    match cell:
        case datetime() if column.shape is Shape.DATE:
            return cell.date().isoformat()
        case datetime() | date() | time() if column.shape in (Shape.CODE, Shape.REFERENCE, Shape.CONTACT):
            raise BadCell("NOT_TEXT", f"Excel 把这一格当成了日期（{shown(cell)}），请把这一列设为“文本”格式后重填。")
        case Number() if column.shape is Shape.DATE:
            raise BadCell("BAD_DATE", f"“{shown(cell)}”不是日期，请把这一列设为日期格式，或写成 2026-01-31 的样子。")
        case Number():
            return _digits(cell, column, codes)
        case _:
            return shown(cell)


def _digits(cell: Number, column: Column, codes: Codes) -> str:
    """A number where text is meant; one that may have lost its leading zeros is refused."""
    text = shown(cell)
    match column.shape:
        case Shape.CODE if not cell.digits and not codes.holds(column.of, text):
            raise BadCell("LOST_ZERO", codes.lost_zero(column.of, text) or _as_number(text))
        case Shape.REFERENCE | Shape.REFERENCES if not cell.digits and not codes.knows(column.of, text):
            raise BadCell("LOST_ZERO", codes.lost_zero(column.of, text) or _as_number(text))
        case Shape.FOREIGN if not cell.digits:
            raise BadCell("LOST_ZERO", _as_number(text))
        case Shape.CONTACT if not _SHORT.fullmatch(text):
            raise BadCell("LOST_ZERO", _as_number(text))
    return text


def _as_number(text: str) -> str:
    return f"Excel 把这一格当成了数字 {text}，开头的 0 会丢失（如 0{text}），请把这一列设为“文本”格式后重填。"


def _harmless(text: str, column: Column) -> None:
    """Raises BadCell for text that is too long, cannot be seen, or that a spreadsheet would run."""
    if len(text) > LONGEST_CELL:
        raise BadCell("TOO_LONG", f"这一格有 {len(text):,} 个字，最多 {LONGEST_CELL:,} 个，请缩短。")
    if text in _ERRORS or set(text) == {"#"}:
        raise BadCell("ERROR_CELL", f"这一格是 Excel 的错误值 {text[:10]}，请改成正确的内容。")
    if _FORMULA.match(text):
        raise BadCell("FORMULA", f"“{text[:20]}”是公式的写法，不能导入，请改成普通文字。")
    if "\n" in text and column.shape not in _LINES:
        raise BadCell("NEWLINE", "这一格里有换行，请写成一行。")
    for character in text:
        if character != "\n" and unicodedata.category(character) in {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}:
            sentence = f"这一格里有看不见的字符（U+{ord(character):04X}），请删去后重新输入。"
            raise BadCell("CONTROL_CHARACTER", sentence)


def parts(text: str) -> list[str]:
    """What a list in one cell holds, in order."""
    return [part.strip() for part in _PARTS.split(text) if part.strip()]


def _own_code(text: str, kind: str, codes: Codes) -> str:
    if _EXPONENT.fullmatch(text):
        raise BadCell("LOST_ZERO", f"Excel 把代码写成了 {text}，请把这一列设为“文本”格式后重填。")
    if not codes.holds(kind, text) and _is_number(text) and (sentence := codes.lost_zero(kind, text)):
        raise BadCell("LOST_ZERO", sentence)
    return text


def _code(text: str, kind: str, codes: Codes) -> str:
    """A code as it is, or the code of a name. What nobody knows is left for the pack's check to name."""
    if codes.knows(kind, text):
        return text
    if _is_number(text) and (sentence := codes.lost_zero(kind, text)):
        raise BadCell("LOST_ZERO", sentence)
    named = codes.named(kind, text)
    if len(named) > 1:
        raise BadCell("AMBIGUOUS_NAME", f"叫“{text}”的不止一个（{'、'.join(named)}），请改写代码。")
    return named[0] if named else text


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _day(text: str) -> str:
    found = _DAY.fullmatch(text.removesuffix(" 00:00:00").removesuffix(" 0:00:00").removesuffix(" 0:00"))
    try:
        year, month, day = (int(part) for part in found.groups() if part) if found else (0, 0, 0)
        return date(year, month, day).isoformat()
    except ValueError:
        raise BadCell("BAD_DATE", f"“{text}”不是日期，请写成 2026-01-31、2026/1/31 或 2026年1月31日。") from None


def _yes(text: str) -> str:
    if text.lower() not in _YES:
        raise BadCell("BAD_YES_NO", f"“{text}”看不懂，请写“是”或“否”。")
    return _YES[text.lower()]


def _days(part: str) -> str:
    first, *rest = (_WEEK.get(one, one) for one in _TO_DAY.split(part, maxsplit=1))
    return f"{first}-{rest[0]}" if rest else first


def _time(text: str) -> str:
    found = _TIME.fullmatch(text)
    return f"{int(found[1]):02d}:{found[2]}" if found else text


def _condition(text: str) -> str:
    """Conditions with Chinese names, marks and values in ours; what is not understood is left for the row to refuse."""
    found = []
    for part in re.split(r"[;；\n]", text):
        name, equals, values = part.replace("＝", "=").partition("=")
        name = _CONDITIONS.get(name.strip(), name.strip())
        words = _CONDITION_WORDS.get(name, {})
        several = [word.strip() for word in re.split(r"[|｜、]", values) if word.strip()]
        if part.strip():
            found.append(f"{name}{equals}{'|'.join(words.get(word, word) for word in several)}")
    return ";".join(found)


_READERS: Mapping[Shape, Callable[[str, Column, Codes], str]] = {
    Shape.CODE: lambda text, column, codes: _own_code(text, column.of, codes),
    Shape.REFERENCE: lambda text, column, codes: _code(text, column.of, codes),
    Shape.REFERENCES: lambda text, column, codes: "|".join(_code(one, column.of, codes) for one in parts(text)),
    Shape.WORDS: lambda text, _, __: "|".join(parts(text)),
    Shape.DATE: lambda text, _, __: _day(text),
    Shape.YES: lambda text, _, __: _yes(text),
    Shape.CHOICE: lambda text, column, _: (column.words or {}).get(text, text.lower()),
    Shape.TIME: lambda text, _, __: _time(text),
    Shape.DAYS: lambda text, _, __: "|".join(map(_days, parts(text))),
    Shape.CONDITION: lambda text, _, __: _condition(text),
}
"""The others are kept as they are written."""
