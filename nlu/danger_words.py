"""The tables of the word guard: what words tell of danger, and what makes them harmless. Simplified Chinese.

A `Pair` fires when one of `subjects` and one of `signs` stand at most `gap` characters apart, in either order.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two words that tell of `kind` only together."""

    kind: str
    subjects: tuple[str, ...]
    signs: tuple[str, ...]
    gap: int = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of danger. `call` is whom the resident is told to call at once, None = only urgent, nobody to call."""

    name: str
    call: str | None
    advice: str


KINDS: dict[str, Kind] = {
    "fire": Kind(name="火情", call="119", advice="请马上离开现场并拨打119，不要乘电梯，不要返回取物。"),
    "gas": Kind(
        name="燃气泄漏",
        call="119",
        advice="请马上关阀、开窗、离开室内，不要开关电器、不要点火，到室外后拨打119和燃气抢修电话。",
    ),
    "electric": Kind(
        name="触电漏电",
        call="119",
        advice="请远离带电的地方，不要用手碰触电的人，先断电源并拨打119；有人受伤请拨打120。",
    ),
    "drowning": Kind(name="落水", call="119", advice="请马上拨打119和110，抛救生圈、竹竿或绳子，不会游泳不要下水。"),
    "collapse": Kind(
        name="坍塌坠物", call="119", advice="请马上远离危险的地方，提醒他人绕行，并拨打119；有人受伤请拨打120。"
    ),
    "trapped": Kind(
        name="人员被困", call="119", advice="请拨打119；被困的人请不要扒门，按紧急呼叫按钮，靠边等待救援。"
    ),
    "crime": Kind(name="人身或财产侵害", call="110", advice="请先到安全的地方，马上拨打110报警。"),
    "traffic": Kind(
        name="交通事故伤人", call="120", advice="请马上拨打120和122，不要随意搬动伤者，开双闪并在来车方向示警。"
    ),
    "medical": Kind(name="急病或受伤", call="120", advice="请马上拨打120，让病人平躺、保持呼吸通畅，不要离开病人。"),
    "suicide": Kind(name="轻生", call="110", advice="请马上拨打110，尽量陪在身边说话，不要刺激当事人。"),
    "water": Kind(name="水管爆裂", call=None, advice="请先关闭水表前的总阀，远离被水浸的电器，我们马上通知供水抢修。"),
}
"""In order of rank: with several kinds in one text the first one counts."""


def _each(words: str) -> tuple[str, ...]:
    """The words of a line of words."""
    return tuple(words.split())


PHRASES: dict[str, tuple[str, ...]] = {
    "fire": _each(
        "着火 起火 失火 火灾 着了火 冒烟 冒浓烟 浓烟 冒黑烟 黑烟 烧起来 燃起来 着起来 火苗 烧着了 "
        "火势 大火 爆燃 火警 走水了 冒火 烟往上冒 烟还在冒 往外喷火 浇了汽油 泼汽油 点燃了 火星溅 "
        "有明火 见明火 冒出烟 起了火 没扑灭 火已经烧到 烧到楼 纵火 放火 爆炸了"
    ),
    "gas": _each(
        "煤气味 燃气味 瓦斯味 煤气泄 燃气泄 天然气泄 液化气泄 瓦斯泄 漏煤气 漏燃气 漏天然气 漏瓦斯 "
        "煤气漏 燃气漏 天然气漏 瓦斯漏 漏气 煤气中毒 一氧化碳中毒 瓦斯 臭鸡蛋 满屋子煤气 满屋煤气 "
        "煤气的味道 燃气的味道 煤气爆 燃气爆 没气的味道 煤气灌 毒气"
    ),
    "electric": _each(
        "触电 漏电 电线掉 电线断 电线垂 电线落 电线冒 电缆掉 电缆垂 高压线掉 高压线断 高压线垂 冒火花 "
        "打火花 电火花 被电到 被电倒 电到人 被电了 电击 电死 带电的水 线断了垂"
    ),
    "drowning": _each(
        "落水 溺水 掉河里 掉进河 掉到河 掉在河 掉水里 掉进水 掉到水 跌进河 跌入河 跌落河 摔进河 跳河 "
        "跳江 淹死人 人淹死 孩淹死 淹着 掉池塘 掉进池 掉江里 掉进江 沉下去了 滑进河 滑到河 被水冲走"
    ),
    "collapse": _each(
        "坍塌 塌方 倒塌 垮塌 塌下来 塌掉 要塌 高空坠物 墙要倒 墙倒了 墙快倒 房子要倒 楼要倒 快要倒 "
        "埋在里面 人被埋 被埋在 压在下面 压在底下 压住人 砸到人 砸伤 砸中人 压倒人 房子塌 楼塌 墙塌 "
        "滑坡 轰的一声 楼板在往下沉"
    ),
    "trapped": _each(
        "电梯困人 困在电梯 关在电梯 卡在电梯 困人 被困 锁在车里 反锁在 困在里面 困在屋 困在楼 困在六楼 "
        "出不来了 关了人 关着人 夹在门"
    ),
    "crime": _each(
        "持刀 拿刀 拿着刀 砍人 杀人 捅人 捅伤 砍伤 打人 打架 斗殴 抢劫 抢钱 抢包 被抢 绑架 拐走 "
        "拐卖 强奸 猥亵 撬门 撬锁 入室 劫持 炸弹 要杀我 杀了我 要打死 家暴 殴打 非法拘禁 跟踪我 "
        "行凶 人贩子 被打了 被打得 血肉模糊 持械"
    ),
    "traffic": _each(
        "撞死人 被撞死 撞死了 撞到人 撞倒人 撞了人 撞伤 我被车撞 人被车撞 孩被车撞 子被车撞 妈被车撞 "
        "爸被车撞 被撞飞 撞飞 被撞倒 轧到人 压到人 翻车 撞人了"
    ),
    "medical": _each(
        "晕倒 昏倒 昏迷 昏过去 晕过去 没呼吸 没有呼吸 没了呼吸 呼吸困难 喘不上气 喘不过气 透不过气 "
        "心梗 心脏骤停 心跳停 没心跳 没有心跳 心脏病发 心脏病犯 犯心脏病 发心脏病 出血不止 血流不止 "
        "止不住血 大出血 全是血 抽搐 抽筋了 休克 不省人事 中风了 突然中风 口吐白沫 喝农药 喝了农药 "
        "服毒 噎住 噎着 失去意识 没有意识 没意识 叫不醒 喊不醒 没反应了 不行了快 羊水破 要生了 "
        "倒在地上 躺在地上 倒地不起 叫救护车 救护车进不来 嘴唇发紫 嘴唇发青 上吐下泻 从楼上摔 坠楼 "
        "从楼上掉 流了好多血 一地的血 癫痫发 呼吸机 快来救人 快来救命 救命啊 喊救命 胸口疼"
    ),
    "suicide": _each("跳楼 自杀 轻生 想不开 不想活 活不下去了 割腕 要自焚 自焚 喊着要跳 结束生命"),
    "water": _each(
        "水管爆 爆水管 爆管 水管炸 水管破裂 水管断 水管裂 水冒得 水柱 自来水喷 水漫金山 喷水 管子爆 消防栓爆 水管崩"
    ),
}

PAIRS: tuple[Pair, ...] = (
    Pair(
        kind="gas",
        subjects=_each("煤气 燃气 天然气 液化气 液化石油气 煤气罐 液化气瓶"),
        signs=_each("味 漏 泄 臭 刺鼻 中毒 爆炸 头晕 头昏 头疼 嘶嘶 滋滋 挖断 挖破 锈穿"),
        gap=8,
    ),
    Pair(
        kind="gas",
        subjects=_each("嘶嘶"),
        signs=_each("管道 管子 阀 灶 瓶 喷气 有声"),
        gap=8,
    ),
    Pair(
        kind="fire",
        subjects=_each("电瓶车 电动车 电池 充电 插座 仓库 厨房 汽车 灶台 油锅 空调 电箱 阳台"),
        signs=_each("爆炸 烧了 烧起 喷火 蹿火 窜火 着了 冒烟 焦味 糊味"),
        gap=8,
    ),
    Pair(
        kind="electric",
        subjects=_each("电线 电缆 高压线 变压器 配电箱 配电房 变电箱 电表箱 灯杆 路灯杆 电线杆 配电间"),
        signs=_each("垂下 垂到 掉下 掉在 掉到 断了 落在 冒火 火花 爆炸 带电 打火 麻了 倒了 倒下 水灌 进水 焦味"),
        gap=10,
    ),
    Pair(
        kind="drowning",
        subjects=_each("河 江 池塘 水里 湖 泵站"),
        signs=_each("扑腾 人掉 小孩掉 孩子掉 救上来 淹 跳下去 有人喊救"),
        gap=12,
    ),
    Pair(
        kind="collapse",
        subjects=_each(
            "墙 房 楼 屋 天花板 棚 楼梯 阳台 脚手架 塔吊 围墙 广告牌 外墙 玻璃 幕墙 吊篮 空调外机 "
            "花盆 瓷砖 水泥块 马路 地面 路面 井盖 承重 树 电线杆 龙门架"
        ),
        signs=_each("塌了 塌下 塌陷 要倒 倒下 压倒 刮倒 砸到 砸中 砸在人 压在 往下沉 陷进去 掉进去 摇摇欲坠 裂缝能"),
        gap=6,
    ),
    Pair(
        kind="trapped",
        subjects=_each("电梯 轿厢 升降机"),
        signs=_each(
            "困 关了 关着 关在 被关 卡住 卡在 夹住 夹牢 夹到 出不来 出不去 里面有 里有人 人在 有人 掉到 坠 往上冲"
        ),
        gap=10,
    ),
    Pair(
        kind="trapped",
        subjects=_each("车里 地下室 地下车库 楼上 屋里 井里 里头 里面 地库"),
        signs=_each("出不来 没出来 没下来 困着 还有人困 人困 救出来 掉进去 好像有人"),
        gap=12,
    ),
    Pair(
        kind="traffic",
        subjects=_each("车祸 撞车 撞了 撞上 追尾 交通事故 撞倒 被撞 被车撞 碰撞 事故"),
        signs=_each("受伤 流血 伤者 伤了 重伤 昏 动不了 躺 起不来 死 送医院 血 没意识"),
        gap=20,
    ),
    Pair(
        kind="medical",
        subjects=_each("老人 老伯 老太 小孩 孩子 病人 孕妇 工人 男子 女子 有人 老公 老婆 爸 妈 摔"),
        signs=_each("不动了 动不了 起不来 不会动 没气了 翻白眼 抽了 吐血 快不行 等不起 从高处"),
        gap=12,
    ),
    Pair(
        kind="medical",
        subjects=_each("吃完 吃了 误食 误服 喝了"),
        signs=_each("都在吐 上吐 昏 白沫 发紫 抽"),
        gap=20,
    ),
    Pair(
        kind="crime",
        subjects=_each("打得 打我 打伤 打成"),
        signs=_each("血 骨折 动不了 住院 还在"),
        gap=8,
    ),
)

HARMLESS: tuple[str, ...] = _each(
    "煤气费 燃气费 天然气费 煤气表 燃气表 煤气卡 燃气卡 煤气公司 燃气公司 天然气公司 煤气账单 "
    "燃气账单 打不着火 点不着火 打着火 着火点 自动点火 轮胎漏气 车胎漏气 车子漏气 气门漏气 冒油烟 "
    "油烟味 防火 灭火器 火灾险 火灾保险 消防演习 火警电话 触电保护 漏电保护 漏电开关 防触电 防漏电 "
    "落水管 落水口 落水斗 落水泥 下落水 打人工 打人民 打人事 打架子 困扰 被困惑 困人口 心里冒火 "
    "气得冒火 冒火气 眼睛冒火 火光四射 入室盗窃险 非机动车祸 心梗后 中风后 呼吸机构 呼吸机租 喷水池 "
    "喷水器 洒水车喷水 被打了折 被打了电话 被打了招呼 被打了差评 大火锅 大火炉 被抢购 被抢注 被抢先 "
    "抢钱一样 等于抢钱 简直抢钱 跟抢钱 吃了大亏 救护车费 救护车收费 要生了二胎 跳楼价 跳楼机 自杀式 "
    "烧到手 烧到晚 烧到半夜 全是血汗 入室装修 入室维修 入室检查"
)
"""Longer words that hold a dangerous one; they win over it."""

NEGATION = (
    r"(?:没有|没|未|并未|未见|不是|并非|不会|(?<![有])无|没再|不再|没发生|未发生|没有发生|没闻到|没有闻到|没看到|没看见|没什么|"
    r"(?<![差受忍要好])不)$"
)
NOT_NEGATION = r"(?:有没有|有没|是不是|会不会|没有人管|无人)$"
"""Questions that end like a negation: whoever asks whether gas is leaking may be smelling it."""

NOW = r"现在|正在|救命|快来|快点|赶紧|赶快|马上来|来人|刚刚|刚才|突然|还在|越来越|当场|喊救"
"""Words of the present moment: with one of them nothing is explained away."""

TOPIC = (
    r"演习|演练|(?:消防|安全|急救|应急)(?:培训|宣传|讲座|知识)|讲座|知识|宣传册|保险(?![丝箱柜杠])|理赔|预案|工伤认定|工伤赔|须知|手册|"
    r"案例|电视里|电视上|新闻里|新闻上|看电影|小说|科普|怎么预防|如何预防|安装报警器|装报警器"
)
PAST = (
    r"去年|前年|上个月|上月|上周|上礼拜|上星期|前几年|几年前|以前|曾经|年前|小时候|当年|那次|上次|上回|前阵子|早年|"
    r"[一二三四五六七八九十\d]月份|过一次|之前(?:也|就|曾|发生|有过)"
)
PAST_APPLIES_NOT_TO = frozenset({"gas"})
"""A smell of gas since last week is still there."""
OVER = (
    r"误报|虚惊|(?<!没)(?<!没有)(?<!未)(?<!未能)扑灭|灭掉了|熄灭|救下来了|救出来了|修好|处理好|抢修好|多亏|锦旗|表扬|点赞|"
    r"(?:感谢|谢谢).{0,12}(?:及时|救|帮)"
)
SUPPOSED = (
    r"万一|容易|隐患|担心|生怕|就怕|只怕|最怕|怕发生|怕引|怕会|怕有|可能引|可能会|会引起|会引发|会发生|以免|防止|避免|如果|要是|真要|一旦|假如|"
    r"迟早|早晚|会不会|存在"
)
SUPPOSED_APPLIES_NOT_TO = frozenset({"gas", "medical", "drowning", "suicide"})
"""Fear of these is itself a sign: 怕煤气漏 is worth a call."""
HAZARD = r"^.{0,4}隐患|^.{0,2}风险"
"""What may follow: 火灾隐患 is no fire."""
REPORTED = (
    r"立案|报案|报了警|报警后|报警之后|已报警|派出所不|派出所未|派出所没|判决|责任认定|认定书|法院|赔偿|工伤|治疗费|医药费|工单|"
    r"[\d]+月[\d]+日"
)
"""What has its file already: only crimes and accidents are explained so."""
REPORTED_APPLIES_TO = frozenset({"crime", "traffic"})

WEAK_WORDS = frozenset(_each("冒烟 浓烟 黑烟 冒黑烟 冒浓烟 大火 冒火 火苗 爆炸了"))
WEAK_EXCUSE = r"每天|天天|长期|经常|焚烧|烧烤|油烟|烟囱|尾气|排气|烟道|排烟|炒菜|香烟|抽烟|吸烟|烧纸|燃放|烟花|鞭炮|大排档|加工厂|作坊|锅炉"
"""Smoke of kitchens, chimneys and cars is a nuisance, not a fire."""
