"""What stands in a model's card beside its arrays: intervals of its figures, its limits, and the same for people to read."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from nlu import metrics
from nlu.intervals import Interval, bootstrap, wilson
from nlu.out_of_fold import OutOfFold

if TYPE_CHECKING:
    from nlu.registry import ModelCard

READABLE = "MODEL_CARD.md"
_DRAWS = 300
_THIN = 10
"""A class with fewer texts is named as little learnt."""
_FEW = 50
"""A part with fewer texts is too small to be called worse."""
_WORDS = {
    "accuracy": "准确率",
    "top3": "前三含正确",
    "macro_f1": "宏平均 F1",
    "ece": "校准误差",
    "coverage_at_90": "正确率90%时的作答比例",
    "coverage_at_95": "正确率95%时的作答比例",
    "coverage_at_98": "正确率98%时的作答比例",
    "together": "单位正确率（同一单位的事项合计）",
    "coverage_together_at_90": "按单位合计、正确率90%时的作答比例",
    "coverage_together_at_95": "按单位合计、正确率95%时的作答比例",
    "coverage_together_at_98": "按单位合计、正确率98%时的作答比例",
    "alarm_recall_1": "误报1%时的危险召回",
    "alarm_recall_2": "误报2%时的危险召回",
    "alarm_recall_5": "误报5%时的危险召回",
    "alarm_recall_10": "误报10%时的危险召回",
}
_KINDS = {"length": "长度", "channel": "渠道", "phrasing": "口吻", "noise": "书写"}
_USES = {
    "matter": "诉求事项",
    "type": "诉求类型",
    "urgency": "紧急程度",
    "danger": "是否危险",
    "kind": "危险种类",
}


def intervals(told: OutOfFold, figures: Mapping[str, float]) -> dict[str, Interval]:
    """95 % intervals of accuracy, top3, macro_f1, ece and the coverages: Wilson for shares, bootstrap for the others."""
    n = len(told.truth)
    right = told.truth == told.best
    sure = np.concatenate([told.confidence, told.beyond])
    held = np.concatenate([right, np.zeros(len(told.beyond), dtype=np.bool_)])
    found = {
        "accuracy": wilson(int(right.sum()), n),
        "top3": wilson(int(told.in_three.sum()), n),
        "macro_f1": bootstrap(n, lambda rows: _macro_f1(told.truth[rows], told.best[rows]), draws=_DRAWS),
        "ece": bootstrap(len(sure), lambda rows: metrics.calibration_error(sure[rows], held[rows]), draws=_DRAWS),
    }
    shares = [name for name in figures if name.startswith("coverage_at_")]
    found |= {name: wilson(round(figures[name] * n), n) for name in shares}
    return {
        name: (round(max(0.0, low), 4), round(min(1.0, high), 4))
        for name, (low, high) in found.items()
        if name in figures
    }


def limits(counts: Mapping[str, int], parts: Sequence[Mapping[str, Any]], accuracy: float) -> tuple[str, ...]:
    """What whoever uses the model must know, as Chinese sentences."""
    found = ["数字来自训练数据的交叉验证，不是真实来话：换了城市、渠道或说法，准确率会低一些，请用本地工单复核。"]
    thin = sorted(label for label, n in counts.items() if n < _THIN)
    if thin:
        shown = "、".join(thin[:10]) + ("等" if len(thin) > 10 else "")
        found.append(f"{len(thin)} 个类别不足 {_THIN} 条，基本靠不住：{shown}。")
    found += [
        f"{_KINDS[part['kind']]}“{part['name']}”明显较差：{part['accuracy']:.3f}（{part['n']} 条），整体 {accuracy:.3f}。"
        for part in parts
        if part["n"] >= _FEW and part["high"] < accuracy
    ]
    small = [part["name"] for part in parts if part["n"] < _FEW]
    if small:
        found.append(f"以下分组不足 {_FEW} 条，区间很宽，不足为凭：{'、'.join(small)}。")
    found.append("不认识训练数据里没有的类别；没有把握时不作答，交人工。对个人的判断、处罚或信用不得以本模型为据。")
    return tuple(found)


def markdown(card: "ModelCard") -> str:
    """The card for people, in Chinese."""
    lines = [
        f"# 模型说明：{_USES.get(card.label, card.label)}",
        "",
        f"- 版本：`{card.version}`（格式 {card.format}，引擎 {card.engine}）",
        f"- 训练时间：{card.trained_at or '未记录'}",
        f"- 数据：{card.n} 条，{len(card.classes)} 个类别，{card.n_features} 个特征",
        "",
        *_section("数据来源", _sources(card)),
        *_section("数字（交叉验证，95% 区间）", _figures(card)),
        *_section("分组", _parts(card)),
        *_section("每类条数", _counts(card)),
        *_section("局限", [f"- {one}" for one in card.limits]),
    ]
    return "\n".join(lines).rstrip() + "\n"


def brain_markdown(version: str, parts: Mapping[str, tuple[str, "ModelCard"]]) -> str:
    """The page that names the models of a brain."""
    rows = [
        f"| {_USES.get(name, name)} | [{READABLE}]({path}/{READABLE}) | {card.n} | {len(card.classes)} "
        f"| {card.figures.get('accuracy', float('nan')):.3f} |"
        for name, (path, card) in parts.items()
    ]
    head = ["| 判断 | 说明 | 条数 | 类别 | 准确率 |", "|---|---|---|---|---|"]
    return "\n".join([f"# 模型 {version}", "", *head, *rows]) + "\n"


def _section(title: str, lines: Sequence[str]) -> list[str]:
    return [f"## {title}", "", *lines, ""] if lines else []


def _sources(card: "ModelCard") -> list[str]:
    rows = [
        f"| {one['name']} | {one.get('n') or '–'} | {_span(one)} | `{str(one.get('sha256') or '–')[:16]}` |"
        for one in card.data
    ]
    return ["| 来源 | 条数 | 时间 | 摘要 |", "|---|---|---|---|", *rows] if rows else []


def _span(one: Mapping[str, Any]) -> str:
    begin, end = one.get("from"), one.get("until")
    return f"{str(begin)[:10]} 至 {str(end)[:10]}" if begin and end else "–"


def _figures(card: "ModelCard") -> list[str]:
    rows = []
    for name, value in card.figures.items():
        low, high = card.intervals.get(name, (None, None))
        span = f"{low:.3f} – {high:.3f}" if low is not None and high is not None else "–"
        rows.append(f"| {_WORDS.get(name, name)} | {value:.3f} | {span} |")
    return ["| 指标 | 值 | 95% 区间 |", "|---|---|---|", *rows]


def _parts(card: "ModelCard") -> list[str]:
    rows = [
        f"| {_KINDS.get(part['kind'], part['kind'])} | {part['name']} | {part['n']} "
        f"| {part['accuracy']:.3f} | {part['low']:.3f} – {part['high']:.3f} |"
        for part in card.subgroups
    ]
    return ["| 按 | 分组 | 条数 | 准确率 | 95% 区间 |", "|---|---|---|---|---|", *rows] if rows else []


def _counts(card: "ModelCard") -> list[str]:
    if not card.counts:
        return []
    counted = Counter(dict(card.counts)).most_common()
    sizes = sorted(n for _, n in counted)
    told = f"最多 {sizes[-1]}，中位 {sizes[len(sizes) // 2]}，最少 {sizes[0]}。"
    return [told, "", "、".join(f"{label} {n}" for label, n in counted)]


def _macro_f1(truth: npt.NDArray[np.int64], best: npt.NDArray[np.int64]) -> float:
    """metrics.macro_f1 by counting, for many draws."""
    size = int(max(truth.max(), best.max())) + 1
    hits = np.bincount(truth[truth == best], minlength=size)
    all_of = np.bincount(truth, minlength=size) + np.bincount(best, minlength=size)
    met = all_of > 0
    return float(np.mean(2 * hits[met] / all_of[met]))
