/** A lender's page: it knows who is logged in, gives the widget a token, and here also shows the loan system beside it. */

const REFRESH_MS = 2000;
const GUEST = "";
const chat = document.getElementById("chat");
const choice = document.getElementById("borrower");
const situation = document.getElementById("situation");
const trouble = document.getElementById("trouble");

const yuan = (fen) => (fen ?? 0).toLocaleString("zh-CN", { style: "currency", currency: "CNY" }).replace("¥", "") + "元";
const moment = (at) =>
  at
    ? new Date(at).toLocaleString("zh-CN", {
        timeZone: "Asia/Shanghai",
        month: "numeric",
        day: "numeric",
        hour: "2-digit",
        minute: "2-digit",
      })
    : "—";

const KINDS = {
  deferral: "晚还",
  restructure: "重新安排",
  prepayment: "提前还款",
  due_date_change: "改还款日",
  complaint: "投诉",
  ticket: "转人工",
  fee_waiver: "减免",
  assistance: "困难帮助",
  fraud_report: "诈骗举报",
  privacy_request: "个人信息",
  closing: "注销额度",
  rebuild_credit: "信用修复",
};
const STATES = {
  pending: "等人工审核",
  approved: "已同意",
  refused: "没有同意",
  undone: "已撤回",
  active: "正常",
  in_grace: "宽限期",
  overdue: "已逾期",
  closed: "已结清",
  booked: "已入账",
  processing: "处理中",
  failed: "没有成功",
};
const said = (names, key) => names[key] ?? key;

const TABLES = {
  requests: {
    nothing: "还没有申请 no requests yet",
    columns: ["编号", "事情", "状态", "内容", "提交", "最晚答复"],
    row: (request) => [
      request.request_id,
      said(KINDS, request.kind),
      said(STATES, request.status),
      terms(request.terms),
      moment(request.filed_at),
      moment(request.decision_due_at),
    ],
  },
  loans: {
    nothing: "没有贷款 no loans",
    columns: ["编号", "产品", "状态", "还差", "下次还款", "金额"],
    row: (loan) => [
      loan.loan_id,
      loan.product_name,
      said(STATES, loan.status) + (loan.days_past_due ? ` ${loan.days_past_due}天` : ""),
      yuan(loan.outstanding_fen / 100),
      loan.next_due_date ?? "—",
      loan.next_due_fen === null ? "—" : yuan(loan.next_due_fen / 100),
    ],
  },
  proofs: {
    nothing: "还没有材料 no proofs",
    columns: ["申请", "文件", "大小", "收到"],
    row: (proof) => [proof.request_id, proof.name, `${Math.ceil(proof.size_bytes / 1024)} KB`, moment(proof.received_at)],
  },
  payments: {
    nothing: "没有还款记录 no payments",
    columns: ["日期", "贷款", "金额", "状态"],
    row: (payment) => [payment.value_date, payment.product_name, yuan(payment.amount_fen / 100), said(STATES, payment.status)],
  },
};

function terms(given) {
  if (!given) return "—";
  if (given.new_due_date) return `${given.old_due_date ?? ""} → ${given.new_due_date}`;
  return given.summary ?? "—";
}

/** Rows that were not there, or not like this, a moment ago are marked. */
const known = {};

function draw(id, rows) {
  const { columns, row, nothing } = TABLES[id];
  const table = document.getElementById(id);
  const texts = rows.map((entry) => row(entry).map(String));
  const keys = texts.map((cells) => cells.join("|"));
  if (known[id]?.join("\n") === keys.join("\n")) return;
  const before = known[id] ? new Set(known[id]) : null;
  known[id] = keys;
  const body = texts.map((cells, index) => line("td", cells, before && !before.has(keys[index]) ? "fresh" : ""));
  // With nothing to show there is no use in telling how it would be told.
  table.replaceChildren(...(body.length ? [line("th", columns), ...body] : [line("td", [nothing], "nothing")]));
}

function line(tag, cells, className = "") {
  const tr = document.createElement("tr");
  tr.className = className;
  for (const text of cells) {
    const cell = document.createElement(tag);
    cell.textContent = text;
    tr.append(cell);
  }
  return tr;
}

async function refresh() {
  const who = choice.value;
  if (who === GUEST) {
    for (const id of Object.keys(TABLES)) draw(id, []);
    return;
  }
  try {
    const answer = await fetch(`/demo/state?borrower_id=${encodeURIComponent(who)}`);
    if (!answer.ok) throw new Error(String(answer.status));
    const state = await answer.json();
    if (who !== choice.value) return;
    draw("requests", [...state.requests].sort((a, b) => (a.filed_at < b.filed_at ? 1 : -1)).slice(0, 8));
    draw("proofs", state.proofs ?? []);
    draw("loans", state.loans);
    draw("payments", [...state.payments].sort((a, b) => (a.value_date < b.value_date ? 1 : -1)).slice(0, 6));
    trouble.hidden = true;
  } catch {
    trouble.hidden = false;
  }
}

/** As a lender's own site does it: the widget asks, the page that knows who is logged in answers. */
async function token(who) {
  const answer = await fetch("/demo/token", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ borrower_id: who }),
  });
  if (!answer.ok) throw new Error(`no token: ${answer.status}`);
  return (await answer.json()).token;
}

function speakAs(who) {
  sessionStorage.setItem("demo.borrower", who);
  situation.textContent = choice.selectedOptions[0]?.dataset.situation ?? "";
  for (const id of Object.keys(TABLES)) delete known[id];
  chat.getToken = who === GUEST ? async () => null : () => token(who);
  refresh();
}

async function begin() {
  const { borrowers } = await (await fetch("/demo/borrowers")).json();
  for (const { borrower_id, name, display_name, situation: text } of [
    ...borrowers,
    { borrower_id: GUEST, name: "guest", display_name: "没有登录的访客", situation: "没有登录，只能问一般问题" },
  ]) {
    const option = new Option(borrower_id ? `${display_name}：${text}` : display_name, borrower_id);
    option.dataset.name = name;
    option.dataset.situation = text;
    choice.append(option);
  }
  const kept = sessionStorage.getItem("demo.borrower");
  if (kept !== null && [...choice.options].some((option) => option.value === kept)) choice.value = kept;
  speakAs(choice.value);
  choice.addEventListener("change", () => speakAs(choice.value));
  document.getElementById("contact").addEventListener("click", () => chat.show());
  chat.addEventListener("huanban-message", refresh);
  setInterval(() => document.visibilityState === "visible" && refresh(), REFRESH_MS);
}

begin().catch(() => (trouble.hidden = false));
