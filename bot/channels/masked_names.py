"""Names of people, told by what stands before or beside them: "我叫…", "我老公…", "联系人：…", "… [手机号]".

After a word that only a name can follow, a family name decides. After "我是" or "我妈" anything may follow, so there the
segmenter has to take it for a name as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_FAMILY_NAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
    "鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒"
    "屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫经房裘缪干解应宗丁宣邓郁单杭洪包诸"
    "左石崔吉龚程邢裴陆荣翁荀羊惠甄封芮储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘厉戎祖武符刘景詹束"
    "龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍桑桂濮牛寿通边扈燕冀浦尚农"
    "温别庄晏柴瞿阎充慕连茹习艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧肖闫付佘覃辜"
    "趙錢孫吳鄭馮陳褚衛蔣瀋韓楊許呂張嚴華謝鄒蘇範魯韋馬鳳俞費賀湯羅畢鄔樂時顧蕭黃貝談龐紀項闕閔賈婁顏鍾駱盧單諸榮龔陸齊葉詹黎劉龍賴譚"
)
# Words of every day, too: after "叫" they need a second look.
_ALSO_WORDS = set(
    "于向和能都别从连常时何万钱车单马方包白明成安金花高文广水温平经要应计度通边全支解须云华强路应干和宗井段富谷全甘符从印双"
    "扶充满终居步东向易容慎国祝危盛封乐伏谈任党幸薄宿索通农左石堵寿时"
)
_COMPOUND = "欧阳|歐陽|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|司徒|夏侯|令狐|宇文|长孙|端木|独孤|南宫"
_SURELY_COMPOUND = re.compile("欧阳|歐陽|上官|诸葛|皇甫|尉迟|公孙|慕容|司徒|夏侯|令狐|端木|独孤")
# What may follow a name, and is no part of it.
_AFTER_NAME = (
    "电话|電話|手机|手機|身份|今年|住|在|是|的|要|想|欠|借|还|還|你|我|来|有|没|请|了|过|着|吧|给|让|替|帮|被|把|跟|说|问|打"
    "|现|能|可|这|和|家|也|已|卡|尾号|号码|女|男|岁|吗|呢|啊|呀|哈|他|她|就|都|不|先生|小姐|女士|阿姨|师傅|经理|会|去|写|用|到"
)
_GIVEN = rf"(?:(?!{_AFTER_NAME})[\u4e00-\u9fff]){{1,2}}"
_NAME = rf"(?:{_COMPOUND}|[{_FAMILY_NAMES}]){_GIVEN}"
_MANY_SYLLABLES = r"[\u4e00-\u9fff]{1,6}(?:[·•・][\u4e00-\u9fff]{1,6}){1,3}"
# One word in capitals is a brand or an abbreviation; two are a name as a passport has it.
_LATIN = r"[A-Z][a-z]+(?: ?[A-Z][a-z]+| [A-Z]{2,20}(?![a-z])){0,3}|[A-Z]{2,20}(?: (?:[A-Z]{2,20}(?![a-z])|[A-Z][a-z]+)){1,3}"
_RELATIVE = (
    "老公|老婆|先生|太太|丈夫|妻子|媳妇|对象|爱人|男朋友|女朋友|男友|女友|前夫|前妻|儿子|女儿|孩子|闺女|姑娘|儿媳妇?|女婿|孙子|孙女"
    "|爸爸?|妈妈?|爹|娘|父亲|母亲|公公|婆婆|岳父|岳母|丈母娘|哥哥?|姐姐?|弟弟?|妹妹?|表哥|表姐|表弟|表妹|堂哥|堂弟|姐夫|妹夫|嫂子"
    "|舅舅?|舅妈|叔叔?|姨妈?|姑姑?|姑妈|伯伯|爷爷|奶奶|外公|外婆|姥姥|姥爷|侄子|侄女|外甥女?"
    "|朋友|同事|同学|室友|邻居|亲戚|老乡|老板|领导|房东|闺蜜|战友|工友|合伙人"
)
_ROLE = "联系人|收款人|持卡人|借款人|贷款人|担保人|保证人|开户人|户主|法人|收件人|委托人|代理人|申请人|户名|姓名|名字"
_OFFICE = "催收员?|客服|经理|律师|专员|业务员|工作人员|警官|法官|主任|书记|老师"
_CALLED = rf"(?:我|俺|他|她|{_RELATIVE}|那个人|催收员?|客服|经理|律师|对方)(?:的)?(?:真?名字?|全名|大名|姓名)?叫(?:做|作)?[ :：]?"

_STRONG = re.compile(rf"((?:{_CALLED}|名字(?:是|叫|：|:) ?|(?:姓名|户名|全名|真名)(?:是|：|:| )\s?))({_NAME})")
_STRONG_OTHER = re.compile(
    rf"((?:(?:我|俺)(?:的)?(?:名字)?叫(?:做|作)?|名字(?:是|叫|：|:)|(?:姓名|户名|全名|真名)(?:是|：|:))\s?)({_MANY_SYLLABLES}|{_LATIN})"
)
_BEFORE_PROOF = re.compile(rf"((?:我是|本人))({_NAME})(?=本人|[，,。 ]*(?:我?的?(?:电话|手机|身份证|卡号)))")
_WEAK = re.compile(
    rf"((?:(?:我|俺|这里|这边)(?:就)?是|本人(?:是|叫)?|(?:{_RELATIVE}|{_OFFICE})(?:是|名字|姓名)?[：: ]?"
    rf"|(?:{_ROLE})(?:姓名|名字)?(?:是|为|叫|写的?|[：: ])?|替|代|帮|叫(?:做|作)?))({_NAME})"
)
# "Tell me to" is the same word: what goes on after it is something to do.
_CALLED_ME = re.compile(rf"([叫喊]我(?:做|作)?)({_NAME})")
_NAME_ENDS = re.compile(r"$|[，。,.！!？?；;、：: \n…~～]|[就也都吧啊呀哈呢哦的]|电话|手机|身份")
_BESIDE_NUMBER = re.compile(
    rf"((?:^|[，。；、,;:：\s（(]))({_NAME})"
    r"(?=[，,、：: ]{0,3}(?:我?的?(?:电话|手机号?|身份证号?|卡号|号码)(?:是|[：: ])?)?"
    r"\[(?:手机号|身份证号|银行卡号|电话)\])"
)
_OWNER = re.compile(
    rf"((?:^|[，。；、,;:：\s（(是]))({_NAME})(?=的(?:电话|手机|身份证|银行卡|卡号|账户|账号|贷款|借款|欠款|名字|住址|地址))"
)
_TRIGGERS = re.compile(
    rf"[叫喊]|姓名|名字|户名|全名|真名|我是|俺是|就是|这里是|这边是|本人|人|替|代|帮|{_OFFICE}|\[|的(?:电话|手机|身|银|卡|账|贷|借|欠|名|住|地)|{_RELATIVE}"
)

# What the segmenter takes for a name and people say every day.
_NO_NAMES = frozenset(
    "白领 高中生 石家庄 毛驴 康复 老公 孙子 孙女 顾客 谢谢 明白 付清 花光 周转 安静 安逸 荣耀 祖宗 "
    "和尚 明星 顾问 白痴 司仪 支付宝 余额宝 乌龟 段子 阎王 封信 叶子 花贝 华贝 花呗 张卡 周卡 万分之 "
    "钱全 钱存 钱花 索索 孟婆 阎王爷 马拉松 白送 巴适 安卓 白干 张嘴 黄叶 花坝 段时间 水淹 明月 庄园 "
    "秋收 莫让 宁可 通知书 熊猫 温顺 白银 莫法 凤凰 连带 单独 单方 高龄 高管 高材生 安保 安检 车祸 "
    "车主 车贷 房主 房东 房奴 房贷 农户 农民 农村 党员 司机 水电工 时候 万一 马上 何时 何况 白天 "
    "金融 和解 通过 通知 解决 解除 方便 应该 应届 计划 成年 成人 平常 平时 平民 常客 常年 常常 都是 "
    "都有 连续 连累 单亲 单身 单位 高血压 高中 高考 白内障 白血病 毛病 强制 强烈 温州 成都 宁波 安徽 "
    "江苏 金卡 广东 广州 广西 云南 贵州 江西 于是 边境 从来 从事 从小 乐意 成功 文员 文盲 国企 国家 "
    "程序员 程序 居民 富婆 富人 元老 平台 井下 牛人 保姆 祝福 项目 盛情 幸好 幸亏 诸位 温和 全家 "
    "全职 全款 双方 双倍 包工头 包租 终身 通情 易怒 路人 步行 胡说 胡子 白头发 宝妈 喻体 汤药 米店 "
    "米饭 鱼贩 花店 花农 水果 水产 水厂 石匠 金店 金条 金饰 柴火 桑叶 茶农 龙虾 司法 司机师傅 明天 "
    "明年 明明 时间 万元 钱包 钱财 华为 陈述 钟点工".split()
)
_VERBS_AT_THE_END = "替帮让给把被跟和在的了是说想要来去还借欠有没先再也就都不会能"
_NEVER_NAMES = ("r", "d", "c", "p", "v", "m", "t", "f", "i", "l", "u")


def _tagged(text: str, start: int) -> tuple[str, str]:
    """The segmenter's word at a place and what it takes it for; the words before it are looked at, too."""
    # Imported when a name may be there: whoever masks numbers alone needs no dictionary.
    from bot.nlu.segment import segmenter

    position = max(0, start - 6)
    for word, tag in segmenter().tag(text[position : start + 10]):
        if position == start:
            return word, tag
        if position > start:
            break
        position += len(word)
    # It took the context and the name for one word, or cut elsewhere: from the name on it sees it better.
    word, tag = next(iter(segmenter().tag(text[start : start + 8])), ("", ""))
    return word, tag


def _length(found: re.Match[str]) -> int:
    """How many characters at the place of the name are one, as the segmenter sees it; 0 when none."""
    candidate = found.group(2)
    word, tag = _tagged(found.string, found.start(2))
    if any(word.startswith(no) for no in _NO_NAMES):
        return 0
    length = min(len(word), len(candidate)) if tag.startswith("nr") and candidate.startswith(word[:2]) else 0
    if _SURELY_COMPOUND.match(candidate):
        length = len(candidate)  # rare enough that the segmenter cuts them in two, and nothing else
    while length > 2 and candidate[length - 1] in _VERBS_AT_THE_END:
        length -= 1
    return length if length > 1 else 0


def _weak(found: re.Match[str]) -> str:
    length = _length(found)
    return f"{found.group(1)}[姓名]{found.group(2)[length:]}" if length else found.group()


def _called_me(found: re.Match[str]) -> str:
    length = _length(found)
    return _weak(found) if length and _NAME_ENDS.match(found.string, found.start(2) + length) else found.group()


def _beside(found: re.Match[str]) -> str:
    """Alone before a number of somebody's it is a name, even one that the segmenter has never seen."""
    if found.group(2)[0] in _ALSO_WORDS or found.group(2) in _NO_NAMES:
        return _weak(found)
    return f"{found.group(1)}[姓名]"


def _strong(found: re.Match[str]) -> str:
    before, candidate = found.group(1), found.group(2)
    if candidate[0] in _ALSO_WORDS and not re.match(_COMPOUND, candidate):
        length = _length(found)
        if length:
            return f"{before}[姓名]{candidate[length:]}"
        ends = re.match(r"$|[，。,.！!？?；; \n]|电话|手机|身份|今年|住", found.string[found.end() :])
        word, tag = _tagged(found.string, found.start(2))
        is_word = candidate.startswith(word) and (tag.startswith(_NEVER_NAMES) or word in _NO_NAMES)
        return f"{before}[姓名]" if ends and not is_word else found.group()
    return f"{before}[姓名]"


_STEPS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (_STRONG_OTHER, r"\1[姓名]"),
    (_STRONG, _strong),
    (_BEFORE_PROOF, r"\1[姓名]"),
    (_WEAK, _weak),
    (_CALLED_ME, _called_me),
    (_BESIDE_NUMBER, _beside),
    (_OWNER, _weak),
)


def mask_names(text: str) -> str:
    """The text with names of people replaced; numbers beside them are masked already."""
    if not _TRIGGERS.search(text):
        return text
    for pattern, replacement in _STEPS:
        text = pattern.sub(replacement, text)
    return text
