"""Nothing about a person rests in clear: what is private in a message is replaced by what it is before anything keeps it.

Numbers: identity cards, bank cards, telephones, e-mail addresses, one-time codes, passwords. Words: a name after "我叫" and the
like, a postal address down to the house. Amounts, days, request numbers, card tails and the public numbers of help lines stay.
Each step is a row of `_STEPS`; longer numbers come first, or a shorter one would be taken out of their middle.
"""

from __future__ import annotations

import re
from collections.abc import Callable

# Digits and letters of a Chinese input method count like the others.
_FULL_WIDTH = {ord("０") + n: str(n) for n in range(10)} | {ord("Ｘ"): "X", ord("ｘ"): "x", ord("＠"): "@"}
_SPOKEN = dict(zip("零〇一二三四五六七八九幺", "001234567891", strict=True))

_ID_CARD = re.compile(
    r"(?<!\d)[1-9]\d{5}[ .-]?(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[ .-]?\d{3}[\dXx](?![\dXx])"
)
_OLD_ID_CARD = re.compile(r"(?<!\d)[1-9]\d{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?!\d)")
_BANK_CARD = re.compile(r"(?<!\d)(?:\d[ -]?){15,18}\d(?!\d)")
# Of a number that fails the checksum of cards: how cards begin, and what stands around cards, amounts and other numbers.
_CARD_BEGINS = ("62", "3", "4", "5")
_CARD_WORD = re.compile(r"(?:卡号|(?:银行|储蓄|信用|借记|工资)卡)(?:号码?)?(?:[是为：: ]|尾号前面){0,4}$")
_GROUPS_OF_FOUR = re.compile(r"\d{4}(?:[ -]\d{4}){2,3}(?:[ -]\d{1,4})?")
_AMOUNT_GOES_ON = re.compile(r"\s*(?:元|块|万|亿|分|角|毛)|[.．]\d")
_NUMBER_OF_A_PAPER = re.compile(
    r"[A-Za-z_-]$|(?:单号|编号|订单|流水|合同|凭证|借据|交易|回执|申请|借款)(?:号码?|单号)?[是为：: ]{0,3}$"
)
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d[ .-]?\d{4}[ .-]?\d{4}(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)0(?:10|2\d|[3-9]\d{2})[ -]?[2-9]\d{6,7}(?!\d)")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_CODE_WORD = "验证码|校验码|动态码|动态密码|取款密码|支付密码|密码|口令"
_CODE = re.compile(rf"((?:{_CODE_WORD})[^\d，。,.;；\n]{{0,6}})(\d{{4,8}})(?!\d)")
_CODE_FIRST = re.compile(rf"(?<![\d.])\d{{4,8}}(?=(?:是|就是|，|,)?(?:我的|这个)?(?:{_CODE_WORD}))")
_SPOKEN_RUN = re.compile(rf"[{''.join(_SPOKEN)}]{{11,19}}")

_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
    "鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒"
    "屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫经房裘缪干解应宗丁宣邓郁单杭洪包诸"
    "左石崔吉龚程邢裴陆荣翁荀羊惠甄封芮储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘厉戎祖武符刘景詹束"
    "龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍桑桂濮牛寿通边扈燕冀浦尚农"
    "温别庄晏柴瞿阎充慕连茹习艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧肖闫付佘覃辜"
)
_COMPOUND = "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|司徒|夏侯|令狐"
# What may follow a name, and is no part of it.
_AFTER_NAME = (
    "电话|手机|身份|今年|住|在|是|的|要|想|欠|借|还|你|我|来|有|没|请"
    "|现|跟|能|可|这|和|家|也|已|卡|尾号|号码|女|男|岁|吗|呢|啊|呀|哈|他|她|就|都|不"
)
_RELATION = (
    "我|他|她|老公|老婆|丈夫|妻子|儿子|女儿|爸|妈|哥|姐|弟|妹|朋友|同事|亲戚|对象|爱人|舅|叔|姨|姑|那个人|催收员|客服|经理"
)
_NAME = rf"(?:{_COMPOUND}|[{_SURNAMES}])(?:(?!{_AFTER_NAME})[\u4e00-\u9fff]){{1,2}}"
_NAMED = re.compile(rf"((?:{_RELATION})(?:的)?(?:名字)?叫(?:做)?|名字(?:是|叫|：|:)|姓名(?:是|：|:)?\s*)({_NAME})")
_BEFORE_PROOF = re.compile(rf"((?:我是|本人))({_NAME})(?=本人|[，,。 ]*(?:我?的?(?:电话|手机|身份证|卡号)))")

_NO_PART_OF_ADDRESS = "我你他她住在是的到去搬说叫址了来从往寄给离于和、"
# A "village and town bank" is no village.
_STREET = "大道|路|街|巷|弄|胡同|小区|花园|家园|新村|公寓|村(?!镇)|(?<!村)镇|乡|苑|府|城|湾"
_HOUSE = r"(?:\d{1,5}|[一二三四五六七八九十]{1,3})(?:号院|号楼|号|栋|幢|座|单元|室|楼|层|组|社)"
_ADDRESS = re.compile(
    rf"(?:(?![{_NO_PART_OF_ADDRESS}])[\u4e00-\u9fff]){{1,20}}(?:{_STREET})(?!银行)(?:(?![{_NO_PART_OF_ADDRESS}])[\u4e00-\u9fff]){{0,6}}"
    rf"{_HOUSE}(?:附?(?:(?![{_NO_PART_OF_ADDRESS}])[\u4e00-\u9fff]){{0,6}}{_HOUSE})*(?:\d{{2,4}}(?!\d|元|块|万|天|期))?"
)


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _bank_card(found: re.Match[str]) -> str:
    """A number that passes the checksum of cards is one; a mistyped one is told by where it stands and how it begins."""
    is_card = _luhn(re.sub(r"\D", "", found.group())) or _is_mistyped_card(found)
    return "[银行卡号]" if is_card else found.group()


def _is_mistyped_card(found: re.Match[str]) -> bool:
    written, before, after = found.group(), found.string[: found.start()], found.string[found.end() :]
    if _OLD_ID_CARD.fullmatch(written) or _AMOUNT_GOES_ON.match(after) or _NUMBER_OF_A_PAPER.search(before):
        return False
    if _CARD_WORD.search(before):
        return True
    if written.isdigit():
        return written.startswith(_CARD_BEGINS)
    # Amounts in a row look like groups of four, too; those of a card in this country begin with 62.
    return written.startswith("62") and _GROUPS_OF_FOUR.fullmatch(written) is not None


def _spoken(found: re.Match[str]) -> str:
    digits = "".join(_SPOKEN[character] for character in found.group())
    masked = _masked_numbers(digits)
    return found.group() if masked == digits else masked


_Replacement = str | Callable[[re.Match[str]], str]
_NUMBERS: tuple[tuple[re.Pattern[str], _Replacement], ...] = (
    (_EMAIL, "[邮箱]"),
    (_ID_CARD, "[身份证号]"),
    (_BANK_CARD, _bank_card),
    (_OLD_ID_CARD, "[身份证号]"),
    (_MOBILE, "[手机号]"),
    (_LANDLINE, "[电话]"),
    (_CODE, r"\1[密码]"),
    (_CODE_FIRST, "[密码]"),
)
_STEPS = (*_NUMBERS, (_SPOKEN_RUN, _spoken), (_NAMED, r"\1[姓名]"), (_BEFORE_PROOF, r"\1[姓名]"), (_ADDRESS, "[地址]"))


def _masked_numbers(text: str) -> str:
    for pattern, replacement in _NUMBERS:
        text = pattern.sub(replacement, text)
    return text


def mask(text: str) -> str:
    """The text with what is private replaced by what it is.

    >>> mask("我叫王芳，电话13800138000，住在成都市武侯区人民南路四段12号3栋2单元501")
    '我叫[姓名]，电话[手机号]，住在[地址]'
    >>> mask("欠12000.50元，申请DF00000003，尾号8846")
    '欠12000.50元，申请DF00000003，尾号8846'
    """
    text = text.translate(_FULL_WIDTH)
    for pattern, replacement in _STEPS:
        text = pattern.sub(replacement, text)
    return text
