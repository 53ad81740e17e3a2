"""What the residents of the sample say. Invented; every place is a real road or estate, every number unassignable."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tickets.types import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A message to be said. `{place}` in `text` stands for a place of `street` (None = of any).

    `matter` and `street` are what a dispatcher would understand; they are not handed to the engine. `explanation` is
    what an operator says to it, for a question that has an answer of its own.
    """

    channel: Channel
    matter: str
    text: str
    street: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    explanation: str | None = None


_PHONE, _SMS, _WECHAT = Channel.PHONE, Channel.SMS, Channel.WECHAT
_WEB, _COUNTER, _API = Channel.WEB, Channel.COUNTER, Channel.API

ORDINARY: tuple[Words, ...] = tuple(
    Words(channel=channel, matter=matter, text=text, street=street)
    for channel, matter, street, text in (
        (_PHONE, "0101", None, "喂你好，我住{place}，底楼那家今天一早把朝马路的墙头敲开，讲是要开奶茶店，老房子破墙开店有人管伐"),
        (_WEB, "0101", None, "{place}顶楼住户在公共露台上违章搭建玻璃房，钢架已经焊好，请赶在封顶以前来制止。"),
        (_WECHAT, "0101", None, "{place}天井里那间违法搭建的厨房又往外伸了半米，走道只剩一个人侧身过"),
        (_SMS, "0102", None, "{place}隔壁群租，两室户隔成六间，电线从天花板上乱拉，我们整幢楼提心吊胆"),
        (_PHONE, "0105", None, "{place}三楼装修把客厅和阳台当中的承重墙敲光了，我家墙上裂了一道缝，楼上楼下都不敢睡觉"),
        (_WECHAT, "0103", None, "{place}物业三个月没修楼道门，打电话总说在报预算，物业费倒是一天也不肯晚收"),
        (_WEB, "0103", None, "小区道闸坏了半个月，外来车子随便进，{place}，保安说不归他管，请督促物业管理单位尽快修好。"),
        (_PHONE, "0107", None, "{place}业委会换届拖了一年，物业把公共收益一直不公布，我们要求看账，他们讲老板不在"),
        (_PHONE, "0201", None, "{place}人行道上每天傍晚摆满水果摊，占道经营，推小囡的车子只好走到马路当中去"),
        (_WECHAT, "0201", None, "卖衣服的跨门营业，货架一直摆到{place}的盲道上，说了也不听"),
        (_SMS, "0201", None, "{place}校门口无证摊贩放学时候围成一圈，路都走不通"),
        (_PHONE, "0202", None, "{place}垃圾箱房三天没有清运，汤汤水水流了一地，苍蝇飞到窗台上"),
        (_WEB, "0204", None, "建议{place}的误时垃圾投放点开到晚上九点以后，上班的人实在赶不上。"),
        (_PHONE, "0202", None, "{place}弄堂里的垃圾桶满出来没人管，保洁员说人手不够，已经臭了两天"),
        (_WECHAT, "0208", None, "{place}装修拆下来的建筑垃圾堆在弄堂口一个礼拜了，落雨就变成泥汤"),
        (_SMS, "0203", None, "渣土车半夜从{place}开过，一路漏泥浆，早上路面滑得站不住"),
        (_PHONE, "0301", None, "{place}有一只窨井盖翘起来一边，电瓶车轧上去哐当一声，昨天已经摔了一位老伯伯"),
        (_WEB, "0301", None, "{place}人行道地砖松动一大片，路面破损，雨天一脚踩下去泥水溅一身，请尽快修补。"),
        (_SMS, "0302", None, "{place}整条弄堂的路灯不亮有四天了，老人夜里不敢下楼"),
        (_WECHAT, "0302", None, "{place}的路灯白天亮着，到了晚上反而不亮，是不是时间设反了"),
        (_PHONE, "0303", None, "{place}下水道又堵塞了，一楼卫生间往上冒黑水，我拿脸盆接了一夜"),
        (_WECHAT, "0303", None, "一落大雨{place}门口就积水到脚踝，孩子上学要垫砖头走，排水口好像被水泥封住了"),
        (_WEB, "0304", "xietu", "日晖港靠近{place}的河道上漂着一层油花，还有死鱼，水质发黑发臭，希望来人看看。"),
        (_PHONE, "0304", "xietu", "日晖港河面上全是塑料瓶和水草，漂浮物好几天没人捞，我每天在{place}边上散步都看见"),
        (_SMS, "0401", "tianping", "{place}有个没门头的小门面，无证经营，中午做盒饭卖，问他要执照就把门一关"),
        (_PHONE, "0401", "fenglin", "我举报{place}底楼一间民房里做无证餐饮，油桶堆在楼梯下面，外卖员进进出出"),
        (_WEB, "0402", None, "昨天在{place}的小超市买的牛奶已经变质结块，包装上的日期有涂改痕迹，请查处过期食品。"),
        (_PHONE, "0402", None, "我在{place}一家店买的熟食，回家切开已经发霉，一家三口吃了拉肚子，收据还留着"),
        (_WECHAT, "0403", None, "{place}那家面馆的后厨门开在弄堂里，洗碗就是一盆水，蟑螂爬来爬去，卫生太差"),
        (_PHONE, "0403", None, "{place}的小吃店厨师没有健康证，后厨老鼠从案板下面钻出来，我亲眼看见的"),
        (_PHONE, "050501", None, "我在{place}的健身房办了年卡，才去两趟门就关了，老板电话打不通，三千八百块预付卡要不要得回来"),
        (_WECHAT, "0506", None, "网上约的家政付了钱人没有来，平台叫我找门店，门店叫我找平台，就是不肯退款"),
        (_WEB, "0504", None, "在{place}附近商场买的羽绒服是假货，吊牌和里标对不上，要求退货，商家拖了十天不处理。"),
        (_PHONE, "0605", None, "{place}自来水这两天发黄，放了十分钟还是黄的，水质到底有没有问题"),
        (_SMS, "0601", None, "{place}整幢楼停水，也没看到通知，几时来水"),
        (_WECHAT, "0602", None, "燃气公司约了三趟上门换天然气表都没来，每趟请假在{place}家里白等一天"),
        (_PHONE, "0603", None, "{place}这个月第三趟停电了，一到夜里就跳闸，冰箱里的东西全部坏掉"),
        (_WEB, "0603", None, "{place}电压忽高忽低，灯一闪一闪，已经烧坏两只电饭煲，请供电公司来测一测。"),
        (_PHONE, "0701", None, "{place}旁边的工地过了十二点还在夜间施工浇水泥，泵车像打雷，小囡明天要考试"),
        (_SMS, "0701", None, "{place}工地早上五点半就打桩，施工噪声太大，整幢楼都被吵醒"),
        (_WECHAT, "0702", None, "{place}楼下广场舞的音响开到九点半，关了窗还震得玻璃响，实在扰民"),
        (_PHONE, "0702", None, "楼上装修噪声周末也不停，{place}，电钻对牢天花板打，老人心脏吃不消"),
        (_PHONE, "0703", None, "{place}那家饭店的排气口正对我家厨房，一到饭点油烟倒灌，晾的衣裳全是味道"),
        (_WEB, "0703", None, "{place}路边的烧烤摊一摆到半夜，油烟往楼上走，窗户没法开。"),
        (_WECHAT, "0801", None, "{place}弄堂两边违停的车子停满，救护车上个礼拜开不进来"),
        (_SMS, "0801", None, "有辆黑色轿车天天违法停车，停在{place}大门口的黄线上"),
        (_WECHAT, "0802", None, "{place}门口的共享单车乱停放，堆了三层，盲道完全看不见"),
        (_WEB, "0802", None, "{place}路口共享单车倒了一地没人扶，希望划一块停放区并且定时清运。"),
        (_PHONE, "0901", None, "我在{place}的装潢公司做了两个月，拖欠工资一分没发，老板讲要等工程款"),
        (_WECHAT, "0908", None, "公司叫我们签自愿放弃加班费的单子，不签就调岗，这种劳动合同合法伐"),
        (_SMS, "0905", None, "办好退休手续两个月了，养老金还没到账，社保窗口说在等核定"),
        (_PHONE, "0911", None, "残疾补贴从上个月起没有打进来，我腿脚不便，能不能帮我查一查是哪里卡住了"),
        (_PHONE, "1001", None, "{place}消防通道被人装了地锁当私家车位，真的着急起来消防车哪能进来"),
        (_WECHAT, "1003", None, "{place}楼道里电瓶车飞线充电，一排插线板挂在木头窗框上，消防隐患太大了"),
        (_SMS, "1002", None, "{place}的电梯总在两层楼当中停一停再走，电梯故障报修三趟了，物业说年检合格"),
        (_PHONE, "1002", None, "{place}二号楼电梯停运六天了，九十岁的老人下不了楼看病，维保单位说等配件"),
        (_WEB, "1101", None, "{place}行道树的树枝伸进三楼窗户，一刮风就打玻璃，请绿化部门修剪。"),
        (_WECHAT, "1101", None, "小区公共绿地被人铲掉种了青菜，{place}，毁绿这种事情有人管吗"),
        (_PHONE, "1207", None, "地段医院配药从两个礼拜改成一个礼拜，老人家要多跑一趟医院，这是啥个规定"),
        (_WEB, "1201", None, "在医院做检查要预约到下个月，医生说等结果才能手术，能不能帮忙协调挂号？"),
        (_COUNTER, "1303", None, "信访事项已经过了答复期限，没有收到处理意见书，来问一问办到哪一步了"),
        (_COUNTER, "1302", None, "被拖欠工程款，打官司请不起律师，想申请法律援助，要准备哪些材料"),
        (_API, "0301", None, "【网格巡查】{place}发现井盖缺失一处，已设临时围挡，请安排修复。"),
        (_API, "0208", None, "【网格巡查】{place}发现大件垃圾乱堆放，约两立方米，请安排清运。"),
    )
)  # fmt: skip
"""What comes every day. Each names its place, so that nothing needs to be asked back."""

VAGUE: tuple[tuple[Words, str], ...] = tuple(
    (Words(channel=channel, matter=matter, text=text, street=street), answer)
    for channel, matter, street, text, answer in (
        (_PHONE, "0203", "xietu", "我是李阿姨，有人把泥浆土倒在我家墙根下头，一大摊，落雨天流得到处都是，路也走不来", "就在大木桥路靠近日晖六村的那面墙下面"),
        (_SMS, "0202", "fenglin", "我们楼下的垃圾堆了三天没有清运", "宛南一村8号楼下"),
        (_WECHAT, "0302", "tianping", "我家门口的路灯又不亮了，夜里黑漆漆的", "永嘉路弄堂口，靠近嘉善路"),
        (_WEB, "0103", "xietu", "我们小区物业把公共车位私下卖给外面的人，业主反而没地方停。", "日晖新城"),
        (_PHONE, "0301", "fenglin", "路上有个井盖松掉了，骑车轧过去差点摔跤", "东安路，靠近东安公园"),
        (_SMS, "0201", "tianping", "地摊摆到弄堂里来了，没办法走路", "建国西路"),
    )
)  # fmt: skip
"""Words without a place and what is answered when asked for it."""

UNCLEAR: tuple[Words, ...] = tuple(
    Words(channel=channel, matter=matter, text=text, street=street)
    for channel, matter, street, text in (
        (_PHONE, "0103", "tianping", "喂，就是上趟讲的那桩事情呀，怎么到现在一点声音也没有，住在慎成里的"),
        (_SMS, "0201", "xietu", "还是老样子，天天这样，你们自己来日晖二村看"),
        (_WECHAT, "0702", "fenglin", "一到晚上就没法过日子，龙山新村，求求你们了"),
        (_WEB, "0103", "fenglin", "请问你们到底管不管？枫林新村的居民已经等了很久。"),
        (_PHONE, "0303", "xietu", "我讲不清楚，你们派个人到江南新村来，我当面指给他看好伐"),
        (_PHONE, "0103", "tianping", "喂，听得到伐？我要讲的是……算了，你们记一下，叫人回我电话"),
        (_SMS, "0103", "xietu", "急！！！看到请回"),
        (_WECHAT, "0201", "fenglin", "你们看看这个，发了三张照片"),
        (_WEB, "0103", "tianping", "情况见附件。"),
        (_PHONE, "0202", "fenglin", "就是那个地方呀，老地方，你们应该晓得的"),
    )
)
"""What no machine should guess at."""

ENQUIRIES: tuple[tuple[Words, str], ...] = tuple(
    (Words(channel=channel, matter=matter, text=text), answer)
    for channel, matter, text, answer in (
        (_PHONE, "0208", "想问一问，旧床垫这种大件垃圾应该扔到哪里去", "大件垃圾请先向居委会或物业预约，由其安排集中清运，不要堆放在楼道和弄堂口。"),
        (_WECHAT, "0301", "马路上看见井盖坏了，除了打电话还可以怎么报修", "可以通过本热线的微信、短信或网页直接上报，请附上路名和门牌，最好拍一张照片。"),
        (_SMS, "0103", "物业要涨价，居民应该怎么参加表决", "物业收费标准的调整须由业主共同决定，您可以向业主委员会或居委会了解表决安排，书面表决也可委托家人。"),
        (_PHONE, "0101", "想问一下，自家天井里搭个雨棚要不要批的呀", "在天井搭建构筑物通常需要规划许可，请先到街道社区事务受理服务中心咨询，未经许可请勿动工。"),
    )
)  # fmt: skip
"""Questions that an operator answers at once, with the answer."""
