"""The lines of a data file, or the one reason why the file cannot be read at all."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nlu.row_report import RowFault

MOST_BYTES = 256 * 2**20
"""About a million messages; more is not read, so that a wrong file never fills the memory."""
_SAMPLE = 65_536
_MOJIBAKE = re.compile("锟斤拷|\ufffd")


@dataclass(frozen=True, slots=True)
class Lines:
    """A file's text, read once."""

    text: str

    def __iter__(self) -> Iterator[tuple[int, str]]:
        """Number (from 1) and text of each line that is not blank."""
        for number, line in enumerate(self.text.split("\n"), start=1):
            if line.strip():
                yield number, line


def open_lines(file: Path) -> Lines | RowFault:
    """The file as UTF-8 text, with or without a byte order mark; else the fault."""
    try:
        if file.is_dir():
            return _fault(file, "NO_DATA", "这是一个目录；请给出目录中的 JSONL 文件，可用多个 --data。")
        size = file.stat().st_size
        if size > MOST_BYTES:
            told = f"文件有 {size / 2**20:.0f} MB，最多读 {MOST_BYTES // 2**20} MB；请按时间截取最近的来话。"
            return _fault(file, "TOO_LARGE", told)
        data = file.read_bytes()
    except (OSError, ValueError):
        return _fault(file, "NO_DATA", "找不到或无法读取数据文件；请检查路径和权限。")
    if not data.strip():
        return _fault(file, "EMPTY_FILE", "文件是空的；请检查导出是否成功。")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _wrong_encoding(file, data, error.start)
    if "\0" in text[:_SAMPLE]:
        return _wrong_encoding(file, data, text.index("\0"))
    return Lines(text)


def looks_garbled(line: str) -> bool:
    """Whether the line bears the marks of a text that was converted wrongly before it came here."""
    return _MOJIBAKE.search(line) is not None


def _wrong_encoding(file: Path, data: bytes, place: int) -> RowFault:
    name = _encoding(data)
    line = data.count(b"\n", 0, place) + 1
    if name is None:
        told = "不是 UTF-8 编码，也认不出是哪种编码；请从原系统以 UTF-8 重新导出。"
    else:
        told = f"不是 UTF-8 编码，看起来是 {name}；请先转换：iconv -f {name} -t UTF-8 原文件 > 新文件"
    return RowFault(file=file.name, line=line, code="WRONG_ENCODING", sentence=told)


def _encoding(data: bytes) -> str | None:
    """The encoding that the bytes seem to be in, by iconv's name."""
    sample = data[:_SAMPLE]
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "UTF-16"
    nulls = sample.count(b"\0")
    if nulls * 10 > len(sample):
        return "UTF-16LE" if sample[1::2].count(b"\0") > sample[::2].count(b"\0") else "UTF-16BE"
    decoded = codecs.getincrementaldecoder("gb18030")(errors="strict")
    try:
        text = decoded.decode(sample)
    except UnicodeDecodeError:
        return None
    han = sum("\u4e00" <= character <= "\u9fff" for character in text)
    foreign = sum(not character.isascii() for character in text)
    return "GB18030" if han and han * 2 >= foreign else None


def _fault(file: Path, code: str, sentence: str) -> RowFault:
    return RowFault(file=file.name, line=0, code=code, sentence=sentence)
