"""A CSV file of a city's own as a table: UTF-8, or GB18030 as Excel in Chinese saves it. Pure.

Any other encoding is refused: a wrong guess would fill a pack with names that nobody can read.
"""

import csv
import io

from city.import_table import MOST_COLUMNS, Line, Table, Tick, refused, table_of, too_many
from city.sheet import bare

SAVE_AS = "请在 Excel 里另存为“CSV UTF-8（逗号分隔）”后再导入"
_MARK = b"\xef\xbb\xbf"
_COMMON_SHARE = 0.8
"""The least share of a Chinese text's characters that stand in GB 2312. Other encodings read as GB18030 have less."""


def read_csv(data: bytes, file: str, *, most: int, tick: Tick = lambda _: None) -> Table:
    """The table of a CSV file's bytes. Raises PackError for what is no such file, or has more than `most` rows."""
    text, notices = decoded(data, file)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines: list[Line] = []
    end_of_last = 0
    try:
        for record in reader:
            number, end_of_last = end_of_last + 1, reader.line_num
            if not any(cell.strip() for cell in record):
                continue
            if len(record) > MOST_COLUMNS:
                raise refused(file, number, "TOO_MANY_COLUMNS", f"本行有 {len(record)} 格，最多 {MOST_COLUMNS} 格。")
            if len(lines) > most:
                raise too_many(file, most)
            lines.append(Line(number=number, cells=tuple(bare(cell.strip()) for cell in record)))
            tick(len(lines))
    except csv.Error as error:
        sentence = f"不是合法的 CSV（{error}），请检查引号是否成对。"
        raise refused(file, end_of_last + 1, "BAD_CSV", sentence) from None
    if lines and len(lines[0].cells) == 1 and any(mark in str(lines[0].cells[0]) for mark in ";\t；，"):
        raise refused(file, lines[0].number, "NO_COMMA", f"列之间应以半角逗号分隔。{SAVE_AS}。")
    return table_of(file, lines, notices=notices, even=True)


def decoded(data: bytes, file: str) -> tuple[str, tuple[str, ...]]:
    """The text and, when it was not UTF-8, a sentence that says so. Raises PackError for any other encoding."""
    if not data.strip():
        raise refused(file, 1, "NO_HEADER", "文件是空的，第一行应是列名。")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in data:
        raise refused(file, 0, "NOT_UTF8", f"文件像是 UTF-16（“Unicode 文本”），不能导入。{SAVE_AS}。")
    marked, data = data.startswith(_MARK), data.removeprefix(_MARK)
    try:
        return data.decode(), ()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        cut_short = error.end >= len(data) and error.reason == "unexpected end of data"
        if cut_short:
            raise refused(file, line, "TRUNCATED", "文件在一个汉字中间断了，可能没有传完，请重新取一份。") from None
    if marked:
        raise refused(file, line, "NOT_UTF8", f"文件标明是 UTF-8，但本行有不合法的字节。{SAVE_AS}。")
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        text = ""
    if not _is_chinese(text):
        raise refused(file, line, "NOT_UTF8", f"认不出文件的编码，本行起不是 UTF-8，也不是 GB18030。{SAVE_AS}。")
    return text, ("文件是 GB18030（GBK）编码，已按此读取。",)


def _is_chinese(text: str) -> bool:
    """Whether nearly all its characters beyond ASCII are usual Chinese ones."""
    beyond = [character for character in text if not character.isascii()]
    common = sum(map(_is_common, beyond))
    return bool(beyond) and common >= _COMMON_SHARE * len(beyond)


def _is_common(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return not "\u3040" <= character <= "\u30ff"  # kana stand in GB 2312 too
