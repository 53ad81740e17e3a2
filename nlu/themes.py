"""What a few words are about, coarsely: enough to tell whether two clauses speak of two things. Pure.

A theme is no matter of a city's list: it only says that a blocked fire lane and a late wage are two demands. Themes
that come as one story share a name (wage, social insurance and dismissal are one dispute with an employer).
"""

from functools import cache

from ahocorasick_rs import AhoCorasick, MatchKind

THEMES: dict[str, str] = {
    "light": "路灯 声控灯 照明 灯坏 灯不亮 灯全坏 没有灯 灯一半不亮 灯都不亮 警示灯 景观灯 灯到八点 灯全灭",
    "glare": "刺眼 招牌灯 光污染 广告牌太亮 广告屏",
    "lift": "电梯 扶梯 加装电梯",
    "rubbish": "垃圾 保洁 打扫 不清扫 卫生很差 太脏 脏乱 狗屎 卫生死角 积灰 泔水",
    "fume": "油烟 排烟 烧烤烟 烟熏 炒菜",
    "smell": "臭味 臭气 异味 刺鼻 发臭 恶臭 废气 气味",
    "noise": "噪音 噪声 吵闹 很吵 吵死 吵得 扰民 打桩 音响 音乐 喇叭 嗡嗡 哐哐 半夜叫 半夜吵 施工到 夜间施工 半夜施工 电钻 敲墙 剁肉 整天叫 叫卖 砰砰",
    "vendor": "摊贩 小摊 摆摊 占道 小贩 菜贩 流动摊 早餐摊 占用人行道 占了人行道 马路被占",
    "parking": "停车 违停 乱停 车位 僵尸车 停满 堵住消防 车停在 道闸",
    "bike": "共享单车 单车",
    "ebike": "电瓶车 电动车 飞线 充电桩 私拉电线",
    "fire": "消防通道 消防车道 消防栓 火灾 灭火器 消防隐患 安全出口 三合一 生火 消防管道 着火",
    "illegal": "违章 违建 搭建 私搭 阳光房 违章建筑",
    "grouplet": "群租 隔断房 地下室住",
    "leak": "漏水 渗水 水渍 漏到我家 滴水",
    "drain": "下水道 污水 化粪池 粪水 排污管 积水 窨井 井盖 雨水口 返水 堵塞 排水",
    "road": "路面 坑洼 大坑 有个坑 路坏 标线 护栏 修路 围挡 路被占 道路破损 盲道 盲人通道 围墙倒 栏杆",
    "signal": "红绿灯 信号灯 斑马线 禁行标志 交通标志 掉头 监控杆",
    "tree": "树枝 修剪 绿化 大树 树倒 草坪 树长虫 种菜 种了菜 绿化带 行道树",
    "river": "河道 河里 河水 钓鱼 游泳 湖里 地笼 喷泉 水池",
    "water": "自来水 停水 水压 水费 水表 供水 水箱 水压力 二次供水",
    "power": "停电 断电 电费 变压器 变电箱 电线 电线杆 供电 配电",
    "gas": "燃气 煤气 天然气 漏气 报警器",
    "heat": "暖气 供暖",
    "fee": "电梯费 物业费 停车费 公摊 收费标准 维修基金 账目 公开 公示 广告收入 涨价 收费不合理 超时收费",
    "guard": "保安 门禁 监控全 监控全是 监控坏 对讲门 偷了 被偷 偷东西 小偷 查不到",
    "employ": "工资 加班 社保断 社保也断 辞退 补偿金 劳动合同 不签合同 工伤 欠薪 拖欠我 缴公积金 缴社保 不交社保 童工 裁员 年终奖",
    "fund": "公积金提取 公积金贷款 公积金",
    "insure": "社保怎么 社保断缴 灵活就业 养老金 医保 报销 退休 社保转 养老认证",
    "welfare": "低保 残疾证 护理补贴 高龄津贴 救助 优抚 独生子女费 残疾人补贴 租金补贴 津贴",
    "permit": "居住证 户口 身份证 驾驶证 换证 护照 证明 落户 疫苗本 营业执照 过户 公交卡 老年卡 补办",
    "refund": "退钱 退款 不退 退费 退卡 办卡 充值 充了 关门跑路 学费 跑路 退不了 年卡",
    "fake": "假货 假烟 假冒 翻新 过期 变质 缺斤 短两 秤 三无 有虫 蟑螂 吃坏 拉肚子 食物 不新鲜 饭菜 地沟油 价签 假古董 盲盒",
    "rent": "房东 租房 押金 中介 租金 房租 二房东 服务费",
    "house": "延期交房 开发商 新房 墙面开裂 精装修 贷款批",
    "wall": "外墙 墙皮 瓷砖掉 墙裂 墙都裂 承重墙 墙都 房屋安全鉴定 掉砖 脱落 摇摇欲坠",
    "dog": "养狗 大型犬 遛狗 狗咬 不牵绳 流浪狗 野猫 养鸡 养鸽 鸽子 流浪猫 猫狗 宠物",
    "throw": "高空抛物 扔下来 抛物",
    "fitness": "健身器材 健身广场 滑梯 游乐场 椅子坏 篮球场 单杠",
    "toilet": "公厕 厕所",
    "bus": "公交 站台 站牌 班次 地铁 候车 直达车",
    "taxi": "出租车 网约车 快车 黑车 绕路 拒载 打表 揽客 司机",
    "speed": "渣土车 超速 闯红灯 逆行 骑手 飙车",
    "parcel": "快递 包裹 丢件 快递柜",
    "school": "幼儿园 学区 补课 入学 招生 上小学 学籍 体罚",
    "health": "医院 医生 护士 打针 疫苗 挂号 误诊 接种",
    "cure": "养老院 护工 敬老院",
    "gamble": "赌博 赌场 棋牌室 打麻将 卖淫 招嫖 传销",
    "manner": "态度 骂人 推诿 打人 威胁 踢皮球",
    "net": "网吧 上网 未成年人进",
    "telecom": "宽带 断网 套餐费 信号差 光缆 流量",
    "tour": "旅行社 导游 强制购物",
    "bank": "银行 理财 保险公司 买保险 业务员 拒赔",
    "privacy": "泄露",
    "access": "无障碍 轮椅过 直饮水 无障碍设施",
    "works": "废水 偷排 废料 机油 倒进下水道",
    "ticketing": "罚单 贴条 扣了 罚款 号贩子 黄牛 倒号",
    "drug": "无证行医 给狗打针 无证托管",
    "smoke": "抽烟 吸烟",
    "police": "派出所 民警 报案",
    "invoice": "发票 不开发票 明细",
    "ad": "小广告 广告传单",
    "pest": "蚊子 老鼠 白蚁 蟑螂多 虫子",
    "plan": "规划的 一直没建 配套",
    "pile": "建筑垃圾 堆杂物 堆的杂物 堆物 堆了 货堆",
    "exam": "驾校 练车 考试",
    "office": "服务站 居委会 窗口 受理中心",
    "charge": "卖车位 把公共车位",
}


@cache
def _matcher() -> tuple[AhoCorasick, tuple[str, ...]]:
    words = [(word, theme) for theme, some in THEMES.items() for word in some.split()]
    return AhoCorasick([word for word, _ in words], matchkind=MatchKind.LeftmostLongest), tuple(t for _, t in words)


def themes(text: str) -> tuple[tuple[str, int], ...]:
    """(theme, where its word begins) for every word of a theme in a normalised text, in order."""
    matcher, names = _matcher()
    return tuple((names[number], start) for number, start, _ in matcher.find_matches_as_indexes(text))
