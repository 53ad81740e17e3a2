"""Whom a message complains about: a firm, somebody in a role, or a public body. Pure.

Three readings, the surest first: what follows a word of complaint (投诉……, 举报……); who does what one complains about
(……不退押金, ……态度恶劣); and, where neither is said, the first firm or role that is named at all. Whoever was only
asked for help (找过居委会, 报了110, 物业让我打12345) is not the party.
"""

import re
from collections.abc import Iterator, Sequence

from tickets.said import Party, PartyKind

_FIRM = (
    r"宠物医院|单位(?<!施工单位)(?<!管理单位)(?<!有关单位)(?<!相关单位)(?!门口|附近)|厂里|有限责任公司|有限公司|股份公司|物业公司|开发商|装修公司|中介公司|搬家公司|快递公司|保险公司|旅行社|出租车公司|公交公司|动迁公司|拆迁公司|保洁公司|家政公司|停车公司|管理公司|"
    r"公司|集团|物业(?!费|管理条例|管理费|税|纠纷|用房|服务费)|施工队|施工单位|施工方|装修队|工程队|包工队|项目部|总包|工地|饭店|餐厅|餐馆|火锅店|烧烤店|烧烤摊|面馆|小吃店|奶茶店|酒店|宾馆|旅馆|民宿|超市|商场|商店|"
    r"专卖店|便利店|水果店|理发店|美容院|美容店|美发店|健身房|健身中心|游泳馆|瑜伽馆|酒吧|网吧|棋牌室|麻将馆|KTV|歌厅|洗脚店|足浴店|浴场|洗浴中心|4S店|修车店|修理厂|洗车店|加油站|停车场|"
    r"驾校|培训机构|培训班|补习班|辅导班|教育机构|早教中心|托管班|月子中心|养老院|门诊部|诊所|药店|药房|中介|房产中介|银行|加工厂|工厂|厂家|厂|商家|网店|店铺|店家|平台|旅行团|快递|外卖店|菜场|菜市场|"
    r"小卖部|烟酒店|食堂|早餐店|早点铺|早点摊|大排档|宠物店|宠物医院|洗衣店|婚纱店|影楼|家具店|装潢公司|租赁公司|租车行|电瓶车行|车行|二手车行|俱乐部|会所|舞厅|网约车平台|教培机构|律所|收购站|废品站|回收站"
)
_PERSON = (
    r"二房东|房东|租客|租户|群租户|包工头|工头|黑中介|老板娘|老板|店主|摊主|摊贩|小贩|商贩|经营者|楼上(?:的)?(?:住户|邻居|业主|人家|租户|租客)?|楼下(?:的)?(?:住户|邻居|业主|人家|租户|租客)|隔壁(?:的)?(?:住户|邻居|业主|人家|租户|租客)?|"
    r"对门(?:的)?(?:住户|邻居|业主|人家)?|邻居|[一二三四五六七八九十0-9]{1,4}(?:室|楼|号|单元|层)的?(?:住户|业主|邻居|租客|租户|人家)|保安|门卫|物业经理|经理|销售|业务员|客服|营业员|收银员|服务员|"
    r"司机|驾驶员|出租车司机|公交司机|网约车司机|快递员|外卖员|外卖骑手|骑手|老师|班主任|教练|医生|护士|装修工人|施工人员|工作人员|广场舞(?:大妈|队)?|跳广场舞的(?:人|大妈|阿姨)?|养狗的?(?:人|住户|业主)|遛狗的?(?:人)?|停车管理员|收费员|车主|黑车司机|黄牛|骗子"
)
_PUBLIC = (
    r"业委会|居委会|居委|村委会|村委|街道办事处|街道办|街道|镇政府|区政府|派出所|城管(?:队|局|中队|执法队)?|交警(?:队|大队|支队)?|民警|房管(?:局|所)|环保局|市场监管(?:局|所)|工商(?:局|所)|教育局|卫健委|社保(?:局|中心)|医保(?:局|中心)|"
    r"税务(?:局|所)|民政局|人社局|劳动局|劳动监察(?:大队)?|劳动仲裁委?|仲裁委|信访办|公积金中心|不动产(?:登记)?中心|行政服务中心|事务受理中心|受理中心|办事大厅|窗口|环卫(?:所|公司|处)?|绿化所|市政(?:所|公司)?|水务(?:局|公司|所)|自来水公司|供水公司|供电(?:局|公司|所)|电力公司|燃气公司|"
    r"公交|地铁|医院|卫生院|社区卫生(?:服务)?(?:中心|站)|学校|小学|中学|幼儿园|大学|法院|检察院|公安(?:局|分局)?|街道城管|河道所|园林所|社区|政府|有关部门|相关部门|职能部门|12345(?:热线)?|热线|接线员|承办单位"
)
_KINDS = {PartyKind.FIRM: _FIRM, PartyKind.PERSON: _PERSON, PartyKind.PUBLIC: _PUBLIC}
_NAME = r"[\u4e00-\u9fffA-Za-z0-9（()）·“”\"]{0,14}?"
_HEAD = "|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _KINDS.items())
_CUED = re.compile(
    rf"(?:投诉|举报|控告|反映|揭发|状告|曝光|被投诉(?:单位|方|人)?[:：是为]?|被举报(?:单位|方|人)?[:：是为]?|对方(?:单位)?[是为叫:：])(?:一下|一家|一个|的是|对象[是为:：]?|人|单位|[:：“\"\s])*"
    rf"(?P<name>(?!这|那里|有|我|你|他|她|没|后|了|过|电话|多次|至今|给|无|到|问题)[\u4e00-\u9fffA-Za-z0-9（()）·]{{0,16}}?)(?:{_HEAD})"
)
_BEGINNINGS = "一二三四五六七八九十0-9" + "".join(
    sorted(
        {
            word[0]
            for pattern in _KINDS.values()
            for word in re.split(r"\||\(\?:", pattern)
            if word and word[0] not in "[()?"
        }
    )
)
_NAMED = re.compile(rf"(?=[{_BEGINNINGS}])(?:{_HEAD})")  # the first look makes it ten times as fast
_DEED = (
    r"(?:的?(?:老板|经理|员工|人员|工作人员|保安|服务员|师傅|人|前台|客服|销售|司机|校长|老师|医生|护士|民警|负责人|领导)?)(?:又|还|一直|总是|经常|天天|每天|长期|私自|擅自|故意|随意|随便|竟然|居然|就|都|也|却|根本|从来|半夜|晚上|夜里|凌晨|早上|白天|公开|违规|违法|非法|在[^，。；！？]{0,10}?|把[^，。；！？]{0,10}?|将[^，。；！？]{0,10}?|向[^，。；！？]{0,6}?|对[^，。；！？]{0,8}?|从[^，。；！？]{0,8}?|拿[^，。；！？]{0,6}?|用[^，。；！？]{0,8}?|以[^，。；！？]{0,8}?|让我们?[^，。；！？]{0,4}?|给[^，。；！？]{0,6}?|要求?[^，。；！？]{0,4}?){0,4}"
    r"(?:不(?:退|给|发|管|作为|理|处理|解决|维修|修|打扫|清理|认账|承认|开(?:发)?票|让|肯|愿|同意|签|交|缴|履行|按|办|接|文明|回复|开门|执行|配合|兑现|赔|还|卫生|负责|出面|做|关|开|提供|规范)|没(?:人|有人)?(?:来|管|修|清|处理|回复|给|发|有(?:营业|办|证|执照|许可))|"
    r"拖欠|欠|克扣|扣|拒绝|拒不|乱|违规|违法|非法|无证|私|擅|强制|强行|恶意|虚假|欺骗|骗|诈骗|忽悠|诱导|误导|推诿|推卸|推来推去|踢皮球|扯皮|敷衍|态度|威胁|恐吓|辱骂|骂|打人|殴打|动手|打我|体罚|卖(?:过期|假|变质)|卖的|售卖|销售(?:过期|假)|占(?:道|用|着|据)?|堵|"
    r"扰民|施工|装修|敲|砸|打桩|吵|噪|放音乐|放音响|排放|偷排|排污|直排|倾倒|倒垃圾|堆|扔|焚烧|烧|养狗|养鸡|遛|漏水|渗水|搭|违建|改(?:建|造)|破坏|拆|砍|收(?:费|钱|了|取|我)|多收|涨|加价|跑路|倒闭|关门|失联|停(?:业|水|电|气)|断(?:水|电)|"
    r"拒载|绕路|绕道|甩客|不打表|闯红灯|超速|飙车|收红包|偏袒|包庇|不公|执法|粗暴|拖着|倒卖|拉客|腐败|贪|吃拿卡要|刁难|歧视|排队|效率|办事|服务(?:差|态度|不好|质量)|质量|偷工减料|延期交房|交房|烂尾|逾期|违约|毁约|赶我|赶人|赶走|涨租|换锁|油烟|排烟|臭|脏|吃出|吃坏|有虫|群租|隔断|跳舞|唱歌|打麻将|聚众|赌博|卖淫|招嫖|传销|开到|营业到|误诊|延误|漏诊|补课|收受|推销|办卡|充值|扣押|拖车|贴条|罚款|无故|辞退|开除|解雇|裁员|加班|不缴社保|抽烟|吸烟|霸占|锁|挡|压|撞|骚扰|泄露|偷|克扣|缺斤|短斤|宰客|强买)"
)
_DOES = re.compile(_DEED)
_ASKED = re.compile(
    r"(?:找(?:过|了|到)?|联系(?:过|了|上)?|打(?:过|了)?(?:电话)?给?|打电话(?:给|到)|问(?:过|了)?|报(?:了|过|给)?|咨询(?:过|了)?|去(?:过|了)?|到(?:过|了)?|跟|和|与|向|请|希望|要求|建议|麻烦|通知(?:了|过)?|求助(?:于|过)?|"
    r"告诉(?:了|过)?|反馈给?|报告(?:给|了)?|叫(?:了|过)?|让|催(?:了|过|促)?|督促|责令|协调|求|盼|望|由|经|请求|转(?:给|到)|交(?:给)?|呼吁|恳请|应(?:该|当)?由?|是不是|是否|属于|归)(?:一下|了|过|我们|当地|属地|辖区|小区|社区|本|所在|相关|有关)*$"
)
_OFFICE = re.compile(
    r"街道|镇政府|区政府|派出所|城管|交警|民警|房管|环保局|市场监管|工商|教育局|卫健委|社保|医保|税务|民政|人社|劳动|仲裁|信访|公积金|不动产|服务中心|受理中心|大厅|窗口|环卫|绿化|市政|水务|自来水|供水|供电|电力|燃气|"
    r"法院|检察院|公安|河道所|园林所|社区$|政府|部门|12345|热线|接线员|承办单位|居委|村委|地铁|公交"
)
_MISCONDUCT = re.compile(
    r"^[^，。；！？]{0,10}(?:不作为|乱作为|推诿|推来推去|踢皮球|敷衍|态度|辱骂|骂人|打人|威胁|刁难|吃拿卡要|收红包|偏袒|包庇|不公|腐败|贪|乱收费|多收|乱贴|乱罚|罚款|扣押|执法粗暴|粗暴|效率|"
    r"办事|服务(?:差|态度|不好)|不接电话|拖着不|不受理|拒不|私自|违规|违法|歧视|甩客|拒载|不到站|绕道|乱估|无故(?:断|停)|泄露|排队三|骗)"
)
"""What makes an office the party: that a thing is not yet done is said of every office that was asked."""
_NOT_ITS = re.compile(
    r"^(?:门口|门前|附近|旁边?|对面|后面|前面|楼上|楼下|周边|周围|里面?|内(?!部)|外面?|路口|站(?!长)|入口|出口|怎么|如何|电话|在哪|地址|招聘|招生|几点|什么|需要|可以|能不能|有没有|说|讲|表示|告知|回复说|答复|让(?:我|你)|叫(?:我|你)|来了|来看|也来|号线)"
)
_QUESTION = re.compile(r"^(?:您好[，,！。]?|你好[，,！。]?)?(?:请问|咨询|想问|问一下|想咨询|想了解|打听)")
_PRAISE = re.compile(r"感谢|表扬|点赞|谢谢")
_BEGINS = re.compile(
    r"(?:^|[，。；！？,;!?\n 、：:])(?:(?:我家?|我们|小区|学校|家)?(?:门口|楼下|附近|旁边|对面|隔壁|里面?)的?)?$"
)
_ONWARD = re.compile(r"^(?:[，。；！？,;!?\s]|$|的?(?:规定|标准|政策|建设|规划|选址|配套|升级|改造|资源|设施|编制))")
_THINGS = re.compile(
    r"平台$|快递$|加油站$|停车场$|食堂$|菜场$|菜市场$|会所$|银行$|医院$|学校$|小学$|中学$|大学$|卫生院$|卫生(?:服务)?(?:中心|站)$|工作人员$|商场$|超市$|商店$"
)
"""What is often only where something is: it must do something bad to be the party."""
_NOT_NAME = re.compile(
    r".*(?:我们?(?!的)|你们?|他们?|她|在|是|被|把|对|向|给|跟|和|与|因为|由于|关于|有关|一家|一个|这家|那家|某|附近|门口|旁边|楼下|对面|里面?的?|内的?|上的?|外的?|请|希望|要求|至今|今天|昨天|昨晚|晚上|半夜|多次|投诉|举报|反映|本人|家的|了|的|说|让|去|到|找|有|，|叫|名为|名叫|就是|所谓|无良|黑心|违法|不良|没有|买的?|租的?|住的?|离开|通过|经|从|于)"
)
_PLAINLY = re.compile(
    r"物业公司|物业|开发商|施工队|施工单位|施工方|项目部|总包|动迁公司|拆迁公司|装修公司|装修队|二?房东|包工头|工头|包工队|快递公司|健身房|中介公司|房产中介|中介|理发店|小卖部|烟酒店|火锅店|烧烤店|奶茶店|饭店|餐馆|"
    r"酒吧|网吧|棋牌室|有限公司|楼上.{2}"
)
"""What is most likely the party although nothing bad is said of it."""


def party(text: str) -> Party | None:
    """The party that a normalised text complains about; None for an enquiry and for a text that names none."""
    if _QUESTION.match(text) or _PRAISE.search(text[:20]):
        return None
    told = next(_told(text), None)
    if told is not None:
        return told
    found = list(_NAMED.finditer(text))
    readings = (_doers(text, found), _subjects(text, found), _named(text, found))
    return next((one for reading in readings for one in reading), None)


def _told(text: str) -> Iterator[Party]:
    for found in _CUED.finditer(text):
        kind = _kind(found)
        start = _start(text, found.start("name"), found.start(kind))
        after = text[found.end() : found.end() + 8]
        if re.match(r"门口|门前|附近|旁边|对面|周边|周围|路口|楼下", after) and not _DOES.match(after):
            continue
        if (
            kind is PartyKind.PUBLIC
            and re.match(r"(?:未|没|不|无)(?:果|用|人理)|后|多次|过|都|也", after)
            and found[0].startswith("反映")
        ):
            continue
        if re.search(
            r"(?:向|到|跟|给|已|曾|多次|又)(?:[^，。]{0,8})$", text[max(0, found.start() - 10) : found.start()]
        ) and found[0].startswith("反映"):
            continue
        yield Party(start=start, end=found.end(), kind=kind)


def _doers(text: str, named: Sequence[re.Match[str]]) -> Iterator[Party]:
    for found in named:
        kind = _kind(found)
        before = text[max(0, found.start() - 12) : found.start()]
        after = text[found.end() : found.end() + 30]
        if _NOT_ITS.match(after) or _asked(before) or _DOES.match(after) is None:
            continue
        if _OFFICE.search(found[0]) and _MISCONDUCT.match(after) is None:
            continue
        yield Party(start=_start(text, max(0, found.start() - 14), found.start()), end=found.end(), kind=kind)


def _subjects(text: str, named: Sequence[re.Match[str]]) -> Iterator[Party]:
    """Whoever a clause begins with, when something is said of them."""
    for found in named:
        start = _start(text, max(0, found.start() - 14), found.start())
        after = text[found.end() : found.end() + 30]
        if not _BEGINS.search(text[max(0, start - 8) : start]):
            continue
        if _NOT_ITS.match(after) or _ONWARD.match(after) or _OFFICE.search(found[0]) or _THINGS.search(found[0]):
            continue
        if not _asked(text[max(0, found.start() - 12) : found.start()]):
            yield Party(start=start, end=found.end(), kind=_kind(found))


def _named(text: str, named: Sequence[re.Match[str]]) -> Iterator[Party]:
    """Whoever is most likely meant although nothing bad is said."""
    for found in named:
        if _PLAINLY.fullmatch(found[0]) is None or _NOT_ITS.match(text[found.end() : found.end() + 8]):
            continue
        if not _asked(text[max(0, found.start() - 12) : found.start()]):
            yield Party(start=found.start(), end=found.end(), kind=_kind(found))


def _asked(before: str) -> bool:
    clause = re.split("[，。；！？,;!?]", before)[-1]
    return _ASKED.search(clause) is not None


def _kind(found: re.Match[str]) -> PartyKind:
    return next(kind for kind in PartyKind if found[kind])


def _start(text: str, earliest: int, head: int) -> int:
    """Where the name begins that leads up to the head: within the clause, after the last word that is part of no name."""
    lead = text[earliest:head]
    lead = re.split(r"[，。；！？,;!?:：\s、]", lead)[-1]
    cut = _NOT_NAME.match(lead)
    if cut is not None:
        lead = lead[cut.end() :]
    return head - len(lead)
