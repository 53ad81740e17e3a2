"""What can be imported: for each kind its columns, the names that officials write over them, its key and its limit. Pure.

Our own column names (code, from_date ...) are understood everywhere; what stands here beside them is Chinese. A name
may end in a star or in brackets: "编码*", "名称（必填）".
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from city.kit_rows import GROUPS, KNOWLEDGE, LEXICON, MAPPINGS, ROSTERS, SOURCES, TAGS
from city.rows import DUTIES, MATTERS, PLACES, POSTS, STREETS, UNITS, Sheet
from city.sheet import NOTE

PLACES_MOST = 200_000
OTHERS_MOST = 20_000
REPORT_COLUMNS = ("文件", "行号", "列", "原因")
"""What a report of refused rows adds; such a report can be mended and imported again, so these are passed over."""


class Shape(StrEnum):
    """What a column holds, which decides how its cells are read."""

    CODE = "code"  # the row's own code, one of `of`
    REFERENCE = "reference"  # one code of `of`, or its name
    REFERENCES = "references"  # several
    FOREIGN = "foreign"  # another city's code, kept as it is
    NAME = "name"  # one line of text
    TEXT = "text"  # free text, also of several lines; never split
    WORDS = "words"  # several words
    DATE = "date"
    YES = "yes"
    CHOICE = "choice"  # one of a few, by our word or a Chinese one
    TIME = "time"
    DAYS = "days"
    CONDITION = "condition"
    CONTACT = "contact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column by our name. `of` names the kind whose codes it holds, `words` the Chinese of a choice."""

    name: str
    shape: Shape
    labels: tuple[str, ...]
    of: str = ""
    words: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportKind:
    """A kind by the word of the command line. Two rows with the same cells in `key` are one."""

    name: str
    label: str
    columns: tuple[Column, ...]
    needed: tuple[str, ...]
    key: tuple[str, ...]
    most: int = OTHERS_MOST
    sheet: Sheet[Any] | None = None

    def column(self, name: str) -> Column:
        """The column of that name."""
        return next(column for column in self.columns if column.name == name)

    @property
    def titles(self) -> tuple[str, ...]:
        """What a sheet of a workbook may be called to be found as this kind, in small letters."""
        return (self.name, self.label)


UNIT_KINDS = {
    **dict.fromkeys(("热线", "市民热线", "热线中心"), "hotline"),
    **dict.fromkeys(("办公室", "督查", "联席会议办公室", "综合协调"), "office"),
    **dict.fromkeys(("部门", "委办局", "职能部门", "局", "委"), "department"),
    **dict.fromkeys(("回应中心", "街道", "街镇", "街道中心", "乡镇"), "centre"),
    **dict.fromkeys(("公用事业", "企业", "公共服务企业", "公司"), "utility"),
    **dict.fromkeys(("窗口", "单一窗口"), "window"),
}
PLACE_KINDS = {
    **dict.fromkeys(("道路", "路", "马路"), "road"),
    **dict.fromkeys(("里弄", "弄堂", "弄", "巷"), "lane"),
    **dict.fromkeys(("小区", "住宅小区", "新村"), "estate"),
    **dict.fromkeys(("公园", "绿地"), "park"),
    **dict.fromkeys(("车站", "站点", "地铁站", "站"), "station"),
    **dict.fromkeys(("学校", "幼儿园"), "school"),
    **dict.fromkeys(("医院", "卫生中心"), "hospital"),
    **dict.fromkeys(("市场", "菜场", "菜市场"), "market"),
    **dict.fromkeys(("地标", "商场", "楼宇"), "landmark"),
    **dict.fromkeys(("河道", "河", "河流"), "river"),
    **dict.fromkeys(("路口", "交叉口"), "crossing"),
    **dict.fromkeys(("居委会", "社区", "村委会"), "committee"),
    **dict.fromkeys(("办公地点", "机关", "办事处"), "office"),
    **dict.fromkeys(("片区", "区域", "地区"), "area"),
}
TYPES = {
    **dict.fromkeys(("投诉", "投诉类"), "complaint"),
    **dict.fromkeys(("举报", "举报类"), "report"),
    **dict.fromkeys(("咨询", "咨询类"), "enquiry"),
    **dict.fromkeys(("求助", "求助类", "求决"), "help"),
    **dict.fromkeys(("建议", "建议类", "意见建议"), "suggestion"),
    **dict.fromkeys(("表扬", "表扬类", "感谢"), "praise"),
    **dict.fromkeys(("其他", "其它"), "other"),
}
URGENCIES = {"一般": "routine", "紧急": "urgent", "危急": "critical", "特急": "critical"}
_AXES = {"时空属性": "when_where", "主体特征": "who", "问题性质": "nature", "治理维度": "governance"}
_WAYS = {"双向": "both", "我方到对方": "to", "对方到我方": "from"}
_SOURCES = {
    **dict.fromkeys(("法律", "法规", "规章", "法律法规"), "law"),
    **dict.fromkeys(("标准", "规范"), "standard"),
    **dict.fromkeys(("文件", "通知", "公告"), "notice"),
    "案例": "case",
}

_CODE = Column(name="code", shape=Shape.CODE, labels=("编码", "代码", "编号"))
_ALIASES = Column(name="aliases", shape=Shape.WORDS, labels=("别名", "又名", "简称", "俗称", "其他名称"))
_FROM = Column(
    name="from_date",
    shape=Shape.DATE,
    labels=("起始日期", "开始日期", "生效日期", "施行日期", "启用日期", "起始日", "自"),
)
_TO = Column(
    name="to_date",
    shape=Shape.DATE,
    labels=("截止日期", "结束日期", "失效日期", "废止日期", "停用日期", "截止日", "至"),
)
_NOTE = Column(name=NOTE, shape=Shape.TEXT, labels=("备注", "说明", "注"))
_UNIT = Column(name="unit", shape=Shape.REFERENCE, of="units", labels=("单位", "所属单位", "单位编码", "单位代码"))
_MATTERS = Column(
    name="matters", shape=Shape.REFERENCES, of="matters", labels=("事项", "授权事项", "事项编码", "适用事项")
)
_CHECKED = Column(name="checked", shape=Shape.YES, labels=("已核", "已核对", "是否已核", "已核实", "是否核实"))
_PROFILE = Column(name="profile", shape=Shape.NAME, labels=("时限", "时限档", "时限档次"))


def _name(*labels: str) -> Column:
    return Column(name="name", shape=Shape.NAME, labels=("名称", *labels))


def _kind(name: str, label: str, sheet: Sheet[Any], key: tuple[str, ...], *columns: Column) -> ImportKind:
    """A kind of the pack's CSV files; its columns are the sheet's, in the sheet's order."""
    by_name = {
        column.name: replace(column, of=name) if column.shape is Shape.CODE else column for column in (*columns, _NOTE)
    }
    return ImportKind(
        name=name,
        label=label,
        columns=tuple(by_name[one] for one in (*sheet.columns, NOTE)),
        needed=sheet.needed,
        key=key,
        most=PLACES_MOST if sheet is PLACES else OTHERS_MOST,
        sheet=sheet,
    )


_UNITS = _kind(
    "units",
    "单位",
    UNITS,
    ("code", "from_date"),
    Column(name="code", shape=Shape.CODE, labels=("编码", "代码", "编号", "单位编码", "单位代码")),
    _name("单位", "单位名称", "全称"),
    Column(name="kind", shape=Shape.CHOICE, words=UNIT_KINDS, labels=("类型", "类别", "性质", "单位类型", "单位性质")),
    Column(name="street", shape=Shape.REFERENCE, of="streets", labels=("街道", "街镇", "所属街道", "所在街道")),
    Column(name="parent", shape=Shape.REFERENCE, of="units", labels=("上级", "上级单位", "主管单位")),
    Column(name="successor", shape=Shape.REFERENCE, of="units", labels=("承继单位", "继任单位", "后继单位")),
    Column(name="group", shape=Shape.NAME, labels=("分组", "组别", "归口")),
    *(_ALIASES, _FROM, _TO),
)
_POSTS = _kind(
    "posts",
    "岗位",
    POSTS,
    ("code",),
    *(_CODE, _UNIT, _name("岗位", "岗位名称"), _MATTERS, _FROM, _TO),
    Column(name="decides", shape=Shape.TEXT, labels=("授权", "授权范围", "可当场决定", "当场处置")),
)
_STREETS = _kind(
    "streets",
    "街道",
    STREETS,
    ("code",),
    Column(name="code", shape=Shape.CODE, labels=("编码", "代码", "编号", "街道编码", "街道代码")),
    _name("街道", "街道名称", "街镇"),
    Column(name="centre", shape=Shape.REFERENCE, of="units", labels=("回应中心", "中心", "承办中心")),
    _ALIASES,
)
_MATTERS_KIND = _kind(
    "matters",
    "事项",
    MATTERS,
    ("code",),
    Column(name="code", shape=Shape.CODE, labels=("编码", "代码", "编号", "事项编码", "事项代码")),
    _name("事项", "事项名称"),
    Column(name="parent", shape=Shape.REFERENCE, of="matters", labels=("上级", "上级事项", "上级编码", "父级")),
    _PROFILE,
    Column(name="meeting_field", shape=Shape.NAME, labels=("联席会议", "会议")),
    Column(name="needs_place", shape=Shape.YES, labels=("需要地点", "是否需要地点")),
    Column(name="keywords", shape=Shape.WORDS, labels=("关键词", "关键字")),
    Column(name="tags", shape=Shape.REFERENCES, of="tags", labels=("标签",)),
    Column(name="scope", shape=Shape.TEXT, labels=("范围", "适用范围", "范围说明")),
)
_DUTIES = _kind(
    "duties",
    "责任清单",
    DUTIES,
    ("id", "from_date"),
    Column(name="id", shape=Shape.CODE, labels=("编号", "编码", "代码", "职责编号", "清单编号")),
    Column(name="matter", shape=Shape.REFERENCE, of="matters", labels=("事项", "事项编码", "事项代码")),
    Column(name="area", shape=Shape.REFERENCE, of="streets", labels=("区域", "街道", "街镇", "适用区域", "适用街道")),
    Column(
        name="lead",
        shape=Shape.REFERENCE,
        of="units",
        labels=("主办", "主办单位", "承办", "承办单位", "责任单位", "牵头单位"),
    ),
    Column(name="post", shape=Shape.NAME, labels=("岗位", "主办岗位", "授权岗位")),
    Column(name="supports", shape=Shape.REFERENCES, of="units", labels=("协办", "协办单位", "配合单位")),
    Column(name="fallback", shape=Shape.REFERENCE, of="units", labels=("兜底", "兜底单位", "备选", "备选单位")),
    Column(name="process", shape=Shape.NAME, labels=("流程", "流程模板")),
    Column(name="when", shape=Shape.CONDITION, labels=("条件", "适用条件")),
    Column(name="basis", shape=Shape.NAME, labels=("依据", "法律依据", "政策依据")),
    *(_PROFILE, _CHECKED, _FROM, _TO),
)
_PLACES = _kind(
    "places",
    "地点",
    PLACES,
    ("name",),
    _name("地名", "地点", "地点名称"),
    Column(name="kind", shape=Shape.CHOICE, words=PLACE_KINDS, labels=("类型", "类别", "性质")),
    Column(
        name="streets",
        shape=Shape.REFERENCES,
        of="streets",
        labels=("街道", "街镇", "所属街道", "所在街道", "涉及街道"),
    ),
    _ALIASES,
)
_GROUPS = _kind("groups", "业务组", GROUPS, ("code",), *(_CODE, _UNIT, _name("业务组", "组名", "业务组名称"), _MATTERS))
_ROSTERS = _kind(
    "rosters",
    "值班",
    ROSTERS,
    ("unit", "post", "days", "from_time", "to_time", "from_date"),
    Column(name="post", shape=Shape.REFERENCE, of="posts", labels=("岗位", "值班岗位")),
    Column(name="days", shape=Shape.DAYS, labels=("星期", "值班日", "日子")),
    Column(name="from_time", shape=Shape.TIME, labels=("开始时间", "起始时间", "上班")),
    Column(name="to_time", shape=Shape.TIME, labels=("结束时间", "截止时间", "下班")),
    Column(name="contact", shape=Shape.CONTACT, labels=("电话", "值班电话", "联系电话", "联系方式")),
    *(_UNIT, _FROM, _TO),
)
_KNOWLEDGE = _kind(
    "knowledge",
    "知识",
    KNOWLEDGE,
    ("code",),
    Column(name="title", shape=Shape.NAME, labels=("标题", "问题", "名称")),
    Column(name="answer", shape=Shape.TEXT, labels=("答案", "答复", "回答", "内容")),
    Column(name="owner", shape=Shape.REFERENCE, of="units", labels=("负责单位", "责任单位", "归口单位")),
    Column(name="source", shape=Shape.NAME, labels=("来源", "依据", "出处")),
    Column(name="review_on", shape=Shape.DATE, labels=("复核日期", "下次复核", "复核日")),
    Column(name="words", shape=Shape.WORDS, labels=("关键词", "关键字", "搜索词")),
    *(_CODE, _MATTERS, _CHECKED),
)
_TAGS = _kind(
    "tags",
    "标签",
    TAGS,
    ("code",),
    Column(name="axis", shape=Shape.CHOICE, words=_AXES, labels=("维度", "轴", "类别")),
    Column(name="words", shape=Shape.WORDS, labels=("关键词", "关键字", "词语")),
    *(_CODE, _name("标签", "标签名称")),
)
_MAPPINGS = _kind(
    "mappings",
    "对照",
    MAPPINGS,
    ("scheme", "ours", "theirs"),
    Column(name="scheme", shape=Shape.NAME, labels=("体系", "方案", "对照体系")),
    Column(name="ours", shape=Shape.REFERENCE, of="matters", labels=("我方编码", "本市编码", "本方编码")),
    Column(name="theirs", shape=Shape.FOREIGN, labels=("对方编码", "外方编码", "他市编码")),
    Column(name="theirs_name", shape=Shape.NAME, labels=("对方名称", "外方名称", "他市名称")),
    Column(name="way", shape=Shape.CHOICE, words=_WAYS, labels=("方向", "对照方向")),
)
_SOURCES_KIND = _kind(
    "sources",
    "依据",
    SOURCES,
    ("name",),
    Column(name="kind", shape=Shape.CHOICE, words=_SOURCES, labels=("类型", "类别", "性质")),
    *(_name("依据", "依据名称", "文件名称"), _FROM, _TO),
)

_LEXICON = _kind(
    "lexicon",
    "词库",
    LEXICON,
    ("matter", "words"),
    Column(name="matter", shape=Shape.REFERENCE, of="matters", labels=("事项", "事项编码", "事项代码")),
    Column(name="words", shape=Shape.WORDS, labels=("词语", "关键词", "关键字", "说法")),
)

HISTORY = ImportKind(
    name="history",
    label="历史工单",
    columns=(
        Column(name="id", shape=Shape.NAME, labels=("编号", "工单号", "工单编号", "受理编号")),
        Column(name="text", shape=Shape.TEXT, labels=("内容", "诉求", "诉求内容", "正文", "来话内容", "问题描述")),
        Column(name="matter", shape=Shape.REFERENCE, of="matters", labels=("事项", "事项编码", "事项代码", "分类")),
        Column(name="unit", shape=Shape.REFERENCE, of="units", labels=("单位", "承办单位", "主办单位", "处置单位")),
        Column(name="date", shape=Shape.DATE, labels=("日期", "受理日期", "来电日期", "时间", "受理时间")),
        Column(name="type", shape=Shape.CHOICE, words=TYPES, labels=("类型", "诉求类型")),
        _NOTE,
    ),
    needed=("text",),
    key=("id",),
    most=PLACES_MOST,
)
"""Past messages: they become training data, not a file of the pack (hotline/history.py)."""

KINDS: Mapping[str, ImportKind] = {
    kind.name: kind
    for kind in (
        *(_UNITS, _MATTERS_KIND, _DUTIES, _PLACES, _STREETS, _POSTS),
        *(_GROUPS, _ROSTERS, _KNOWLEDGE, _TAGS, _MAPPINGS, _SOURCES_KIND, _LEXICON),
    )
}
"""Every kind that goes into a CSV file of the pack, by the word of the command line."""
