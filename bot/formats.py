"""How amounts, days and moments are written for borrowers.

>>> yuan(123450)
'1,234.50元'
>>> day(date(2026, 12, 15))
'12月15日(周二)'
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from bot.client.cost import CostParts, Coupon, NextCost
from bot.client.difficulty import HardshipWay, MinimumMonth, WaiverProgramme
from bot.client.directory import Event, Programme
from bot.client.my_debt import BillItem, Change
from bot.client.overdue import Arrears, LateSpell, OverdueStep, PenaltyRow, RecoveryStep
from bot.client.paying import PaymentMethod
from bot.client.results import FiledRequest, Instalment, Loan, Payment

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
_WEEKDAYS = "一二三四五六日"


def yuan(fen: int) -> str:
    """An amount of fen in yuan, with thousands marked."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}元"


def day(value: date, today: date | None = None) -> str:
    """A day with its weekday; with its year when that is not the year of `today`.

    >>> day(date(2027, 1, 3), today=date(2026, 11, 24))
    '2027年1月3日(周日)'
    """
    year = f"{value.year}年" if today is not None and value.year != today.year else ""
    return f"{year}{value.month}月{value.day}日(周{_WEEKDAYS[value.weekday()]})"


def moment(value: datetime) -> str:
    """A moment in Shanghai, to the minute.

    >>> moment(datetime(2026, 11, 24, 7, 5, tzinfo=timezone.utc))
    '11月24日15:05'
    """
    local = value.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日{local:%H:%M}"


def distance(metres: int) -> str:
    """How far a place is, as roughly as one says it.

    >>> [distance(m) for m in (40, 830, 960, 1240, 12600)]
    ['50米以内', '800米', '1.0公里', '1.2公里', '13公里']
    """
    if metres < 950:
        return f"{round(metres, -2)}米" if metres >= 50 else "50米以内"
    return f"{metres / 1000:.1f}公里" if metres < 10_000 else f"{round(metres / 1000)}公里"


def clock(value: datetime) -> str:
    """The time of day in Shanghai."""
    return f"{value.astimezone(SHANGHAI):%H:%M}"


_INSTALMENT_MARKS = {"overdue": " 已逾期", "deferred": " 已延期", "paid": " 已还"}
_PAYMENT_MARKS = {"booked": "已入账", "processing": "处理中", "failed": "没有成功"}


def plan_row(instalment: Instalment, today: date | None = None) -> str:
    """One line of a plan."""
    mark = _INSTALMENT_MARKS.get(instalment.status, "")
    return f"第{instalment.instalment_number}期 {day(instalment.due_date, today)} {yuan(instalment.outstanding_fen)}{mark}"


def loan_row(loan: Loan, today: date | None = None) -> str:
    """One line of a list of loans: what it is, when and how much is next."""
    if not loan.is_open:
        return f"{loan.product_name} {yuan(loan.principal_fen)} 已还清"
    if loan.status == "overdue":
        return f"{loan.product_name} 逾期{loan.days_past_due}天 {yuan(loan.overdue_fen)}"
    if loan.next_due_date is None or loan.next_due_fen is None:
        return f"{loan.product_name} {yuan(loan.outstanding_fen)}"
    return f"{loan.product_name} {day(loan.next_due_date, today)} {yuan(loan.next_due_fen)}"


_FAILURES = {
    "insufficient_funds": "卡里钱不够",
    "card_limit_exceeded": "超过卡的限额",
    "card_frozen": "卡被冻结",
    "card_expired": "卡过期了",
    "card_not_valid": "卡不能用了",
    "bank_unavailable": "银行没有回应",
    "wrong_password": "密码不对",
}


def payment_row(payment: Payment, today: date | None = None) -> str:
    """One line of a list of payments: when to the minute, how much, what became of it and why not."""
    at = moment(payment.booked_at) if payment.booked_at else day(payment.value_date, today)
    why = _FAILURES.get(payment.failure_reason or "")
    return f"{at} {yuan(payment.amount_fen)} {_PAYMENT_MARKS.get(payment.status, '')}{f'（{why}）' if why else ''}"


def payment_name(payment: Payment) -> str:
    """A payment as the title of a button.

    >>> from bot.client.results import Payment
    >>> payment_name(Payment("P1", 108084, None, date(2026, 11, 12), "auto_debit", "booked", None))
    '11月12日 1,080.84元'
    """
    return f"{payment.value_date.month}月{payment.value_date.day}日 {yuan(payment.amount_fen)}"


_PARTS = (("principal_fen", "本金"), ("interest_fen", "利息"), ("fee_fen", "手续费"), ("penalty_fen", "罚息"))


def parts(owed: Any) -> str:
    """What an instalment, a bill's item or a debt consists of; parts that are nothing are left out.

    Of one that is paid in part, what was paid stands behind, so that the sum can be checked.
    """
    named = " + ".join(f"{name}{yuan(getattr(owed, field))}" for field, name in _PARTS if getattr(owed, field))
    paid_fen = getattr(owed, "paid_fen", 0)
    return f"{named}，已还{yuan(paid_fen)}" if paid_fen and owed.outstanding_fen else named


def parts_row(instalment: Instalment, today: date | None = None) -> str:
    """One line of a plan with what each instalment consists of."""
    mark = _INSTALMENT_MARKS.get(instalment.status, "")
    return f"第{instalment.instalment_number}期 {day(instalment.due_date, today)} {parts(instalment)}{mark}"


def bill_row(item: BillItem, today: date | None = None) -> str:
    """One line of a month's bill."""
    if not item.outstanding_fen:
        return f"{day(item.due_date, today)} {item.product_name} {yuan(item.payment_fen)} 已还"
    late = " 已过还款日" if today is not None and item.due_date < today else ""
    return f"{day(item.due_date, today)} {item.product_name} 还差{yuan(item.outstanding_fen)}{late}"


_CHANGES = {
    "payment_booked": "还了{amount}，已入账",
    "payment_processing": "有{amount}在处理，还没入账",
    "payment_failed": "扣{amount}没有成功{why}",
    "request_approved": "{request}{request_id}同意了",
    "request_refused": "{request}{request_id}没有同意",
    "request_undone": "{request}{request_id}撤回了",
    "instalment_due": "{number}到了还款日",
    "penalty_started": "{number}开始算罚息",
    "statement_made": "出了新账单",
    "loan_opened": "新的借款",
    "loan_closed": "还清了",
}


def change_row(change: Change, today: date | None = None) -> str:
    """One line of what happened since."""
    why = _FAILURES.get(change.failure_reason or "")
    granted = f"，免掉{yuan(change.amount_fen)}" if change.code == "request_approved" and change.amount_fen else ""
    written = _CHANGES[change.code].format(
        amount=yuan(change.amount_fen or 0),
        why=f"（{why}）" if why else "",
        number=f"第{change.instalment_number}期" if change.instalment_number else "账单",
        request=request_name(change.request_kind or ""),
        request_id=change.request_id,
    )
    return f"{day(change.happened_date, today)} {change.product_name or ''}{written}{granted}"


_REQUESTS = {
    "deferral": "晚点还的申请",
    "restructure": "重新分期的申请",
    "due_date_change": "换还款日的申请",
    "complaint": "投诉",
    "fraud_report": "被骗的报案",
    "privacy_request": "个人信息的申请",
    "credit_dispute": "征信异议",
    "closing": "关闭额度的申请",
    "rebuild_credit": "重建信用的小额申请",
    "fee_waiver": "减免的申请",
    "assistance": "求助的登记",
    "dispute": "查账的单子",
    "settlement_certificate": "结清证明的申请",
    "human": "找人工的单子",
    "bereavement": "借款人去世的登记",
}


def request_name(kind: str, ticket_kind: str | None = None) -> str:
    """What a request is called; a ticket by what it is for.

    >>> request_name("deferral"), request_name("ticket", "dispute"), request_name("ticket", "other")
    ('晚点还的申请', '查账的单子', '单子')
    """
    return _REQUESTS.get(ticket_kind or kind, "单子" if kind == "ticket" else "申请")


def request_row(request: FiledRequest) -> str:
    """One line of a list of requests: what it is and its number; of a waiver that was granted, how much."""
    granted_fen = request.terms.get("granted_fen")
    granted = f" 免掉{yuan(int(granted_fen))}" if granted_fen else ""
    return f"{request_name(request.kind, request.terms.get('ticket_kind'))} {request.request_id}{granted}"


def method_name(method: PaymentMethod) -> str:
    """A card or account by its label, a card with its tail."""
    return f"{method.label}(尾号{method.card_last4})" if method.card_last4 else method.label


def percent(rate: Decimal) -> str:
    """A rate in per cent, four decimals at most and none that say nothing.

    >>> percent(Decimal("0.0004")), percent(Decimal("0.1460"))
    ('0.04%', '14.6%')
    """
    shown = format((rate * 100).quantize(Decimal("0.0001")), "f")
    return f"{shown.rstrip('0').rstrip('.')}%"


_PENALTY_BASES = {"principal": "本金", "interest": "利息", "instalment": "整期", "minimum_payment": "最低还款里没还的"}


def penalty_row(row: PenaltyRow, annual_rate: Decimal | None = None, day_base: int = 365) -> str:
    """One product of a penalty, to be checked by hand; by the yearly rate where the daily one has no end."""
    rate = percent(row.daily_rate) if annual_rate is None else f"{percent(annual_rate)} ÷ {day_base}"
    times = "" if row.multiplier == 1 else f" × {row.multiplier}"
    base = f"第{row.instalment_number}期{_PENALTY_BASES[row.on]}{yuan(row.base_fen)}"
    return f"{base} × {rate}{times} × {row.days}天 = {yuan(row.amount_fen)}"


_COST_PARTS = (("interest_fen", "利息"), ("fee_fen", "手续费"), ("penalty_fen", "罚息"))


def cost_parts(parts: CostParts) -> str:
    """What a cost consists of, to stand behind its total: parts that are nothing are left out."""
    named = [(name, getattr(parts, field)) for field, name in _COST_PARTS if getattr(parts, field)]
    if len(named) < 2:
        return f"，都是{named[0][0]}" if named else ""
    return "，其中" + "、".join(f"{name}{yuan(fen)}" for name, fen in named)


def cost_sum(cost: NextCost) -> str:
    """How an instalment's interest or fee comes about, to be checked by hand."""
    ends = {"month": " ÷ 12", "day": f" × {cost.count}天", "flat_fee": f" ÷ {cost.count}期"}
    return f"{yuan(cost.base_fen)} × {percent(cost.rate)}{ends[cost.by]} = {yuan(cost.amount_fen)}"


_REACHED = "（已到）"


def step_row(step: OverdueStep, today: date | None = None) -> str:
    """One line of what being late leads to."""
    return f"第{step.from_day}天 {day(step.on_date, today)}：{step.text}{_REACHED if step.reached else ''}"


def recovery_row(step: RecoveryStep, today: date | None = None) -> str:
    """One line of what comes back after settling."""
    return f"{day(step.on_date, today)}：{step.text}{_REACHED if step.reached else ''}"


def arrears_row(place: int, arrears: Arrears, today: date | None = None) -> str:
    """One line of what to settle in which order."""
    reported = "已报送征信" if arrears.reported else f"{day(arrears.reported_on_date, today)}报送征信"
    return f"{place}. {arrears.product_name} {yuan(arrears.overdue_fen)}，逾期{arrears.days_past_due}天，{reported}"


def spell_row(spell: LateSpell, today: date | None = None) -> str:
    """One line of a record: how late, and until when it is kept."""
    if spell.ended_date is None:
        return f"{spell.product_name} {day(spell.since_date, today)}起，已经{spell.days_past_due}天，还没还清"
    kept = f"，征信里留到{day(spell.kept_until_date, today)}" if spell.kept_until_date else ""
    kept += f"，您提了异议在查({spell.disputed_request_id})" if spell.disputed_request_id else ""
    return f"{spell.product_name} 晚了{spell.days_past_due}天，{day(spell.ended_date, today)}还清{kept}"


def spell_name(spell: LateSpell) -> str:
    """A time of lateness as the title of a button."""
    late = f"晚了{spell.days_past_due}天" if spell.ended_date else f"逾期{spell.days_past_due}天"
    return f"{spell.product_name} {spell.since_date.year}年{spell.since_date.month}月 {late}"


def coupon_row(coupon: Coupon, today: date | None = None) -> str:
    """One line of a coupon with its conditions."""
    conditions = [f"能用到{day(coupon.valid_until_date, today)}"]
    if coupon.product_names:
        conditions.append(f"只用在{listed(coupon.product_names)}")
    if coupon.min_payment_fen:
        conditions.append(f"一次还满{yuan(coupon.min_payment_fen)}")
    if coupon.only_when_nothing_is_past_due:
        conditions.append("有逾期时不能用")
    return f"{coupon.name}：{'，'.join(conditions)}"


def old_coupon_row(coupon: Coupon, today: date | None = None) -> str:
    """One line of a coupon that is over."""
    if coupon.used_date:
        return f"{coupon.name}：{day(coupon.used_date, today)}用掉了"
    return f"{coupon.name}：{day(coupon.valid_until_date, today)}过期"


_WAYS = {
    "interest_free_deferral": "免息晚还：{old_due_date}的改到{new_due_date}，不多付利息",
    "deferral": "晚一点还：{old_due_date}的改到{new_due_date}，多付利息{extra_interest}",
    "restructure": "每月少还：每期{old_payment}改成{new_payment}，还{new_term}期",
    "bill_instalments": "账单分期：这期没还的分{new_term}期，每期{new_payment}",
    "minimum_payment": "先还最低：{old_due_date}前还{minimum}，剩下的一天利息{rest_a_day}",
    "assistance": "请人帮忙：法律、救助、心理方面的",
}


def way_row(way: HardshipWay, today: date | None = None) -> str:
    """One line of the ways out of a difficulty."""
    splits_statement = way.way == "restructure" and way.old_payment_fen is None
    return _WAYS["bill_instalments" if splits_statement else way.way].format_map(shown(vars(way), today))


def minimum_row(month: MinimumMonth, today: date | None = None) -> str:
    """One line of the example of paying only the minimum."""
    paid = f"还{yuan(month.payment_fen)}，其中利息{yuan(month.interest_fen)}"
    return f"{day(month.due_date, today)} {paid}，还剩{yuan(month.rest_fen)}"


def waiver_row(programme: WaiverProgramme) -> str:
    """One line of the programmes that waive penalty."""
    return f"{programme.name}：最多免{yuan(programme.waived_fen)}，要{'、'.join(programme.asks_for) or '人工审核'}"


def programme_row(programme: Programme) -> str:
    """One line of help from others."""
    return f"{programme.name}：{programme.what}"


def event_row(event: Event, today: date | None = None) -> str:
    """One line of a lecture: when, what, where."""
    return f"{day(event.starts_at.date(), today)}{clock(event.starts_at)}–{clock(event.ends_at)} {event.name}，{event.place}"


def listed(names: Iterable[str]) -> str:
    """Names in one sentence, each once.

    >>> listed(["青禾借", "青禾花", "青禾借"])
    '青禾借、青禾花'
    """
    return "、".join(dict.fromkeys(names))


def named(name: str, value: str) -> str:
    """One line of a list of things with names.

    >>> named("客服电话", "400-000-0000")
    '客服电话：400-000-0000'
    """
    return f"{name}：{value}"


def lines(rows: Iterable[str]) -> str:
    """Rows below one another."""
    return "\n".join(rows)


def shown(values: Mapping[str, Any], today: date | None = None) -> dict[str, Any]:
    """Values named with their unit, written for borrowers and named without it.

    `extra_interest_fen` becomes `extra_interest` in yuan, `new_due_date` keeps its name and becomes a day, `undo_until_at`
    becomes `undo_until`. What has no unit stays as it is. Values that are still text, as in a problem document, are read first.

    >>> shown({"fee_fen": 100, "latest_date": "2026-12-24", "max_days": 30})
    {'fee': '1.00元', 'latest_date': '12月24日(周四)', 'max_days': 30}
    """
    written: dict[str, Any] = {}
    for name, value in values.items():
        if value is None:
            written[name] = ""
        elif name.endswith("_fen"):
            written[name[:-4]] = yuan(int(value))
        elif name.endswith("_rate") and isinstance(value, Decimal):
            written[name] = percent(value)
        elif name.endswith("_date"):
            written[name] = day(date.fromisoformat(value) if isinstance(value, str) else value, today)
        elif name.endswith("_at"):
            written[name[:-3]] = moment(datetime.fromisoformat(value) if isinstance(value, str) else value)
        elif isinstance(value, (str, int, float, bool)):
            written[name] = value
    return written
