"""What days look like in a borrower's words: the patterns of `bot.nlu.dates`. Names with a capital stand for one kind each."""

from __future__ import annotations

import re

_N = r"(?:\d{1,2}|[一二三四五六七八九十廿]{1,3})"
_MONTH_NUMBER = r"(?P<month>\d{1,2}|[一二三四五六七八九十]{1,2})"
_DAY_TAIL = r"(?:(?:号|日)(?!线|楼|院|店|房|桌|码|机|元|块|常|子|期|历|报|利|息|均|租))"
_MONTH_WORD = r"(?:(?P<rel>这个?月份?|本月|当月|下下个?月|下个?月|次月|上个?月|上上个?月)的?)"
_WEEK = r"(?:周|星期|礼拜)"
# 下个月15 without 号 is a day only where something follows that goes with a day.
_BEFORE_VERB = r"(?=还|之?前|以前|左右|再|行|可以|吧|才|到|$|[，。？！])"

WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
WEEKDAYS |= {str(number): number - 1 for number in range(1, 8)}
DAY_WORDS = {
    **dict.fromkeys(("今天", "今儿", "今日", "今晚", "今晚黑"), 0),
    **dict.fromkeys(("明天", "明儿", "明日", "明早", "明晚", "明朝", "明晚黑"), 1),
    **dict.fromkeys(("后天", "后儿", "后日"), 2),
    **dict.fromkeys(("大后天", "大后儿", "外后天", "外天"), 3),
    "大大后天": 4,
    **dict.fromkeys(("昨天", "昨儿", "昨日", "昨晚", "昨晚黑"), -1),
    **dict.fromkeys(("前天", "前儿", "前晚"), -2),
    **dict.fromkeys(("大前天", "上前天"), -3),
}

JANUARY = re.compile(r"(?<![\d一二三四五六七八九十百千万几])元月")
FULL = re.compile(
    rf"(?<!\d)(?P<year>(?:20)?\d{{2}}|二零[一二三四五六七八九零]{{2}})(?:年{_MONTH_NUMBER}月(?P<day>{_N})[日号]?"
    r"|(?P<dash>[-/.])(?P<m2>\d{1,2})(?P=dash)(?P<d2>\d{1,2})[日号]?)(?!\d)"
)
MONTH_DAY = re.compile(
    rf"(?P<year>今年|明年|后年|去年)?(?<![\d个]){_MONTH_NUMBER}月份?的?(?P<day>{_N})(?:[日号]|{_BEFORE_VERB})(?!\d)"
)
SLASH = re.compile(
    r"(?<![\d./-])(?P<month>\d{1,2})(?P<dash>[-/.])(?P<day>\d{1,2})(?P<tail>[日号])?"
    r"(?![\d./-]|[期天块元万千k个月周次折%％])"
)
SLASH_CUE = re.compile(r"(?:到|在|于|等|至|延期?|延后|推迟|拖|改)(?:到|至|在)?\s*$")
SLASH_VERB = re.compile(r"[之以]?前|还|左右")
RELATIVE_DAY = re.compile(rf"{_MONTH_WORD}(?P<day>{_N})(?:[日号]|{_BEFORE_VERB})")
DAY = re.compile(rf"(?<![\d.月\-一二三四五六七八九十账帐机卡户微信号])(?P<day>{_N}){_DAY_TAIL}")
MONTH_END = re.compile(
    rf"(?P<year>今年|明年)?(?:{_MONTH_WORD}|{_MONTH_NUMBER}月份?的?)?"
    r"(?:的?(?:月底|月末|月尾|底(?!薪|下|线|层|气|价|细)|末(?!位|四)|最后的?一天|末尾))"
)
YEAR_END = re.compile(r"(?P<year>今年|明年|后年)?的?(?:年底(?!薪)|年末|年尾)|(?P<short>今|明)年?底")
MONTH_ALONE = re.compile(
    r"(?<![\d一二三四五六七八九十个缓延停晚拖推])(?:1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月份?"
    r"(?![底末初头中上下\d一二三四五六七八九十])"
)
WEEKDAY = re.compile(
    rf"(?<![\d一二三四五六七八九十两半每几])(?P<rel>这个?|本|下下个?|下个?|上个?|上上个?)?(?P<unit>{_WEEK})"
    r"(?P<day>[一二三四五六日天]|[1-7](?!\d|天|个|次))(?![一二三四五六日]?(?:次|岁|年|天天))"
    rf"(?P<more>[、，]?(?:{_WEEK})?[一二三四五六日天](?!号|天|点|个))?"
)
DAY_WORD = re.compile("|".join(f"(?<!今){word}" if word == "后天" else word for word in sorted(DAY_WORDS, key=len, reverse=True)))
TWO_DAYS = re.compile(r"明后两?天|今明两?天|[明后今]天?(?:或者?|、|和|还是)(?:大?后天|明天)|明天后天")
RECURRING = re.compile(rf"每(?:个?月|个)的?{_N}(?:[日号]|(?=还|发))|每个?{_WEEK}[一二三四五六日天]|每个?月[底末]")
_OR = r"(?:-|~|—|到|至|、|和|或者?|还是)"
RANGE = re.compile(
    rf"(?:{_N}月份?)?{_N}[日号]?\s*{_OR}\s*(?:{_N}月份?)?{_N}[日号](?!线|楼)|{_N}[日号]{_N}[日号]"
    rf"|{_WEEK}[一二三四五六日天]{_OR}(?:{_WEEK})?[一二三四五六日天]"
)
LOOSE_AFTER = re.compile(r"\s*(?:那天)?(?:左右|前后|上下|那几天|那阵|边上)")
LOOSE_BEFORE = re.compile(r"(?:大概|大约|差不多|估计|可能|约)(?:要|是|在|到|得|等到)*\s*$")
OPEN_AFTER = re.compile(r"\s*号?(?:之后|以后|过后|往后)")
AGO = re.compile(r"(?:之前|以前|前)(?!后|提|台|面|天)")
FROM_NOW = re.compile(r"(?:之后|以后|过后|后)(?!天|台|面|来|果|的?利息)")
WAITED = re.compile(r"(?:^|[，。？！我能不再到])(?P<wait>再?过|再等|等)[个上]?$")
# 逾期三天后, 还款日后三天: counted from another day than today.
OTHER_ANCHOR = re.compile(
    r"(?:逾期|到期|还款日|还款|账单日?|放款|还清|结清|借款|扣款|申请|分期|宽限期|提前|延期|延|推迟|晚|缓|拖|注销|提|期)"
    r"(?:了|后|的|到|往)?$"
)
