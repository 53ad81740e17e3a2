"""Everyday messages as they come by SMS, WeChat and telephone: written before the model was asked, never trained on."""

from pathlib import Path

import pytest

from nlu.brain import EmbeddedBrain
from nlu.corpus import read_corpus

CORPUS = Path(__file__).resolve().parents[2] / "city" / "packs" / "xuhui" / "nlu.yml"

# A message, and the one or two matters that a dispatcher would take it for.
MESSAGES = (
    ("楼下那家理发店把窗户改成了门，正对着马路做生意", "0101"),
    ("你好，对面六楼在露台上盖阳光房，钢架都焊好了", "0101"),
    ("我们楼上一套两室户住了十几个人，隔成了七八间", "0102"),
    ("楼上装修在砸墙，我怕是承重的，整栋楼都在抖", "0105"),
    ("小区门禁坏了快一个月，物业电话打过去就说在报修", "0103"),
    ("物业涨价没有征求业主意见，直接贴张纸就收", "0103 0107"),
    ("地铁口一到晚上全是卖袜子手机壳的，人都走不过去", "0201"),
    ("水果店把箱子摆到人行道上，轮椅过不去", "0201"),
    ("垃圾桶满出来三天了，苍蝇乱飞", "0202"),
    ("弄堂口的公共厕所太脏了，水也冲不下去", "0205"),
    ("土方车开过以后一路都是泥，刮风全是灰", "0203"),
    ("邻居装修完的水泥块砖头袋子全扔在楼下花坛边", "0208 0203"),
    ("天钥桥路马路当中有个大坑，我电瓶车差点翻掉", "0301"),
    ("人行道地砖松了，踩上去一脚泥水", "0301"),
    ("喂，我们这条弄堂的灯坏了，晚上墨墨黑", "0302"),
    ("路灯大白天一直亮着太浪费了", "0302"),
    ("一下雨门口就是水塘，拖鞋都漂起来了", "0303"),
    ("阴沟堵了，脏水往外冒，臭得不得了", "0303"),
    ("河浜里漂了一层死鱼，味道很难闻", "0304"),
    ("有人在居民家里做外卖，什么证都没有", "0401"),
    ("学校门口推车子卖炸串的，有没有许可证啊", "0401 0201"),
    ("超市买的牛奶打开是酸的，一看已经过期五天", "0402"),
    ("昨天买的虾里面打了胶，黏糊糊的", "0402"),
    ("面馆里碗都洗不干净，桌上还有小强爬", "0403"),
    ("吃火锅吃出一只苍蝇，厨房间地上全是油", "0403"),
    ("健身房关门了，我卡里还有三千块怎么要回来", "050501"),
    ("网上买的鞋子是假的，商家不肯退钱", "0506 0504"),
    ("家里水龙头一滴水也没有，问了邻居也是", "0601"),
    ("自来水发黄有铁锈，能不能喝啊", "0605"),
    ("家里燃气灶打不着火，整栋楼都没气了", "0602"),
    ("走廊里有一股煤气味，不晓得哪家漏的", "0602"),
    ("整个小区突然没电了，空调也开不了，什么时候来电", "0603"),
    ("工地半夜两点还在浇混凝土，根本没法睡", "0701"),
    ("修地铁的早上五点就开始敲，吵死人", "0701"),
    ("楼下棋牌室打麻将到后半夜，声音吵得不行", "0702"),
    ("隔壁天天拉二胡，大清早就开始", "0702"),
    ("楼下烧烤店的烟全飘到我家里，窗都不敢开", "0703"),
    ("饭店的排风口正对着我家阳台，油腻腻的", "0703"),
    ("我家车库门口老是有人停车，开不出去", "0801"),
    ("肇嘉浜路非机动车道上停满了轿车，骑车只好走当中", "0801"),
    ("小黄车倒了一地，把地铁口堵得死死的", "0802"),
    ("共享单车骑行结束锁不上，扣了我三十块", "0802 0501"),
    ("老板欠我三个月工钱，电话也不接", "0901"),
    ("公司说裁员，一分补偿也不给", "0908"),
    ("我失业了想领失业金，要什么条件", "0902 1301"),
    ("医保卡在药店刷不出来，显示冻结", "0906"),
    ("爸爸瘫痪在床，家里没收入，想申请低保", "0903"),
    ("残疾人补贴这个月怎么没有发", "0911"),
    ("楼道里有人给电瓶车充电，线从三楼拉下来", "1003"),
    ("楼梯间堆满纸板箱，着起火来逃都逃不掉", "1001"),
    ("电梯又停了，老人住十五楼下不来", "1002"),
    ("坐电梯突然往下一沉，吓得腿都软了", "1002"),
    ("梧桐树枝伸到我家窗口了，能不能修一修", "1101"),
    ("小区绿化带被人铲掉种菜了", "1102"),
    ("专家号根本抢不到，每次一放号就没了", "1201"),
    ("身份证丢了补办要带什么", "1601"),
    ("小孩报户口去哪里办，星期六开门吗", "1601"),
    ("想找个免费律师帮我看看合同，有这种服务吗", "1302"),
    ("我上个月写的信到现在也没有答复", "1303"),
    ("这件事来来回回找了五次都没人给说法，我要向上面反映", "1303"),
    ("地铁十一号线晚点了，上班迟到", "0808"),
    ("公交卡充值充不进去", "0806"),
    ("我的快递被人冒领了", "0509"),
    ("楼里有人吸毒", "1606"),
    ("小孩在学校食堂门口被老师打了一巴掌", "1402"),
    ("打车软件多扣了钱", "0807"),
    ("手机被偷了，定位在别的区", "1604"),
    ("邻居家的狗咬伤了我的腿", "160301"),
    ("有人冒充客服骗走我两万块", "1605"),
    ("路口没有斑马线和红绿灯，过马路害怕", "0804"),
    ("中考志愿怎么填", "1406"),
    ("小学放学太早没人接", "1402 1407"),
)
NO_MATTER = (
    "喂喂喂，信号不好，听不清",
    "请帮我转接一下人工服务",
    "我想问个事情",
    "你们到底解决不解决问题",
    "祝热线的同志们新年快乐",
    "家里的猫爬到树上下不来了",
    "高铁上座位被人霸占",
    "电视信号断断续续看不了球",
    "房子首付涨了能不能退",
    "我要找市长说话",
    "听说明天台风要来，是真的吗",
    "网上有人发我的照片骂我",
)
COPY = 0.5


def trigrams(text: str) -> frozenset[str]:
    return frozenset(text[i : i + 3] for i in range(max(1, len(text) - 2)))


def similarity(left: str, right: str) -> float:
    a, b = trigrams(left), trigrams(right)
    return len(a & b) / len(a | b)


@pytest.fixture(scope="module")
def folder(trained: Path) -> Path:
    return trained


def test_the_messages_go_over_many_matters() -> None:
    assert len({text for text, _ in MESSAGES}) == 72
    assert len({codes.split()[0] for _, codes in MESSAGES}) >= 45


def test_none_of_them_is_in_the_corpus_or_nearly_so() -> None:
    trained = [example.text for example in read_corpus(CORPUS)]
    tested = (*(text for text, _ in MESSAGES), *NO_MATTER)
    copies = [(text, one) for text in tested for one in trained if similarity(text, one) > COPY]
    assert copies == []


def test_nine_in_ten_have_the_right_matter_on_top(folder: Path) -> None:
    said = EmbeddedBrain.load(folder).parse_many([text for text, _ in MESSAGES])
    wrong = [
        (text, one.matters[0].label)
        for (text, codes), one in zip(MESSAGES, said, strict=True)
        if one.matters[0].label not in codes.split()
    ]
    assert len(wrong) <= 7, wrong


@pytest.mark.parametrize(("precision", "least", "most_wrong"), [(90, 60, 5), (95, 50, 3)])
def test_most_are_answered_and_hardly_one_wrongly(folder: Path, precision: int, least: int, most_wrong: int) -> None:
    said = EmbeddedBrain.load(folder, precision=precision).parse_many([text for text, _ in MESSAGES])
    answered = [
        (text, codes.split(), one.matters[0].label)
        for (text, codes), one in zip(MESSAGES, said, strict=True)
        if not one.abstain
    ]
    assert len(answered) >= least
    wrong = [(text, label) for text, codes, label in answered if label not in codes]
    assert len(wrong) <= most_wrong, wrong


def test_what_belongs_to_no_matter_is_mostly_left_to_people(folder: Path) -> None:
    said = EmbeddedBrain.load(folder).parse_many(NO_MATTER)
    answered = [(text, one.matters[0]) for text, one in zip(NO_MATTER, said, strict=True) if not one.abstain]
    assert len(answered) <= len(NO_MATTER) / 3, answered


def test_a_load_bearing_wall_broken_for_a_shop_door_is_a_matter_of_walls(folder: Path) -> None:
    (said,) = EmbeddedBrain.load(folder).parse_many(["隔壁饭店把承重墙砸了开门"])
    assert said.matters[0].label in ("0101", "0105")
