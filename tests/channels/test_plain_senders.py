"""The console and the file: once for each key, on disk before "sent", whatever dies in between."""

import fcntl
import io
import json
import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from channels.console import ConsoleSender, FileSender
from channels.contract import Sender
from tickets.types import DeliveryState


def lines(folder: Path, channel: str = "file") -> list[dict[str, str]]:
    text = (folder / f"{channel}.jsonl").read_text(encoding="utf-8")
    assert text.endswith("\n")
    return [json.loads(line) for line in text.splitlines()]


def write_many(folder: Path, start: int) -> None:
    sender = FileSender(folder)
    for number in range(start, start + 30):
        sender.send("unit:scjg", f"第{number}条", key=str(number))


def test_the_console_prints_one_line_and_hides_the_number() -> None:
    stream = io.StringIO()
    sender: Sender = ConsoleSender(channel="sms", stream=stream)
    assert sender.send("+10012345678", "第一行\n第二行", key="k").state is DeliveryState.SENT
    assert stream.getvalue() == "[sms] …5678 第一行 第二行\n"


def test_the_console_names_units_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    ConsoleSender().send("unit:scjg", "新派工单", key="k")
    assert capsys.readouterr().out == "[console] unit:scjg 新派工单\n"


def test_a_file_holds_each_key_once(tmp_path: Path) -> None:
    sender: Sender = FileSender(tmp_path / "new folder")
    assert [sender.send("+10012345678", "您好", key=key).state for key in "aba"] == [DeliveryState.SENT] * 3
    assert lines(tmp_path / "new folder") == [
        {"key": "a", "address": "+10012345678", "text": "您好"},
        {"key": "b", "address": "+10012345678", "text": "您好"},
    ]


def test_a_second_sender_knows_what_the_first_has_written(tmp_path: Path) -> None:
    FileSender(tmp_path).send("x", "一", key="a")
    FileSender(tmp_path).send("x", "一", key="a")
    assert len(lines(tmp_path)) == 1


def test_each_channel_has_its_own_file(tmp_path: Path) -> None:
    FileSender(tmp_path, channel="sms").send("x", "一", key="a")
    FileSender(tmp_path, channel="wechat").send("x", "一", key="a")
    assert len(lines(tmp_path, "sms")) == len(lines(tmp_path, "wechat")) == 1


def test_threads_and_processes_write_each_key_once(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=write_many, args=(tmp_path, start)) for start in (0, 15)]
    sender = FileSender(tmp_path)
    for process in processes:
        process.start()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: sender.send("x", "一", key=str(number)), list(range(45)) * 2))
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    keys = [line["key"] for line in lines(tmp_path)]
    assert sorted(keys, key=int) == [str(number) for number in range(45)]


def test_a_sender_waits_for_the_lock_and_sees_what_was_written_meanwhile(tmp_path: Path) -> None:
    sender = FileSender(tmp_path)
    sender.send("x", "一", key="a")
    with ThreadPoolExecutor(1) as pool, (tmp_path / "file.jsonl").open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        waiting = pool.submit(sender.send, "x", "二", key="b")
        with pytest.raises(TimeoutError):
            waiting.result(0.2)
        other.write(b'{"key": "b", "address": "x", "text": ""}\n')
        other.flush()
        fcntl.flock(other, fcntl.LOCK_UN)
        assert waiting.result(5).state is DeliveryState.SENT
    assert [line["key"] for line in lines(tmp_path)] == ["a", "b"]


@pytest.mark.parametrize("torn", [b'{"key": "b", "add', b"{", '{"key": "b", "text": "半'.encode()[:-1]])
def test_a_line_torn_by_a_crash_is_cut_off_and_written_anew(tmp_path: Path, torn: bytes) -> None:
    FileSender(tmp_path).send("x", "一", key="a")
    with (tmp_path / "file.jsonl").open("ab") as file:
        file.write(torn)
    assert FileSender(tmp_path).send("x", "二", key="b").state is DeliveryState.SENT
    assert [line["key"] for line in lines(tmp_path)] == ["a", "b"]


def test_a_file_emptied_by_hand_is_no_trouble(tmp_path: Path) -> None:
    sender = FileSender(tmp_path)
    sender.send("x", "一", key="a")
    sender.send("x", "二", key="b")
    (tmp_path / "file.jsonl").write_bytes(b"")
    assert sender.send("x", "三", key="c").state is DeliveryState.SENT
    assert [line["key"] for line in lines(tmp_path)] == ["c"]


def test_a_file_that_cannot_be_written_or_read_is_a_failure_and_no_exception(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    result = FileSender(tmp_path / "taken").send("x", "一", key="a")
    assert result.state is DeliveryState.FAILED
    assert str(result.error).startswith("FILE_")
    (tmp_path / "file.jsonl").write_text("not ours\n")
    assert FileSender(tmp_path).send("x", "一", key="a").error == "FILE_UNREADABLE"
