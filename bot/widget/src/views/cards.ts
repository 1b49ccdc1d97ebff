import { html, nothing, type TemplateResult } from "lit";
import type { Card, LoanCard, RequestStatusCard, SecureLinkCard, SummaryCard, SummaryRow } from "../client/protocol.js";
import type { Talk } from "../elements/talk.js";
import { day, moment, yuan } from "../formats.js";
import type { Words } from "../words/index.js";
import { cardFrame, facts, mark, type Fact } from "./facts.js";
import { icon } from "./icons.js";

/**
 * A card as a borrower sees it; nothing for one this widget does not know, since a text beside it says the same.
 * @param sentAt - the server's time when it came
 * @param active - whether it may still be answered
 */
export function cardView(card: Card, sentAt: string, talk: Talk, active: boolean): TemplateResult | typeof nothing {
  switch (card.type) {
    case "loan":
      return loan(card, talk.words);
    case "plan":
      return html`<huanban-plan .talk=${talk} .card=${card}></huanban-plan>`;
    case "comparison":
      return html`<huanban-comparison .talk=${talk} .card=${card}></huanban-comparison>`;
    case "date_choice":
      return active ? html`<huanban-calendar .talk=${talk} .card=${card}></huanban-calendar>` : nothing;
    case "amount_choice":
      return active ? html`<huanban-amount .talk=${talk} .card=${card}></huanban-amount>` : nothing;
    case "summary":
      return summary(card, talk, active);
    case "undo":
      return html`<huanban-undo .talk=${talk} .card=${card} .sentAt=${sentAt}></huanban-undo>`;
    case "request_status":
      return requestStatus(card, talk.words);
    case "secure_link":
      return secureLink(card, sentAt, talk);
    case "upload":
      return html`<huanban-upload .talk=${talk} .card=${card}></huanban-upload>`;
    case "rating":
      return html`<huanban-rating .talk=${talk}></huanban-rating>`;
    default:
      return nothing;
  }
}

/** Whether a card asks something, so that only the latest of its kind is open. */
export function asks(card: Card | undefined): boolean {
  if (card?.type === "summary") return Boolean(card.confirm ?? card.cancel);
  return card?.type === "date_choice" || card?.type === "amount_choice";
}

function loan(card: LoanCard, words: Words): TemplateResult {
  const late = card.days_past_due > 0;
  const state = words.loanStatus[card.status] ?? card.status;
  return cardFrame(
    "loan",
    "coins",
    card.product_name,
    html`<p class="card-lead">
        <span class="label">${words.outstanding}</span>
        <strong class="money">${yuan(card.outstanding_fen, words)}</strong>
      </p>
      <p class="marks">
        ${mark(late ? "warn" : card.status === "in_grace" ? "warn" : "good", late ? words.daysPastDue(card.days_past_due) : state)}
      </p>
      ${facts([
        [words.overdue, card.overdue_fen > 0 ? yuan(card.overdue_fen, words) : null],
        [
          words.nextDue,
          card.next_due_date === null
            ? null
            : html`${day(card.next_due_date, words)}${
                card.next_due_fen === null ? nothing : html`<br />${yuan(card.next_due_fen, words)}`
              }`,
        ],
      ])}
      <p class="quiet">${words.asOf(moment(card.as_of_at, words))}</p>`,
  );
}

function summary(card: SummaryCard, talk: Talk, active: boolean): TemplateResult {
  const { words } = talk;
  const { rows } = words;
  const { confirm, cancel } = card;
  const kind = words.kinds[card.kind] ?? card.kind;
  return cardFrame(
    "summary",
    "more",
    `${words.summary} · ${kind}`,
    html`${facts([
      [rows["product"] ?? "", card.product_name || null],
      ...card.rows.map((row): Fact => [rows[row.name] ?? row.name, rowValue(row, words)]),
    ])}
    ${
      active && (confirm ?? cancel)
        ? html`<div class="actions">
            ${confirm && html`<button class="button primary" part="button primary" @click=${() => talk.tap(confirm.payload, confirm.title)}>${confirm.title}</button>`}
            ${cancel && html`<button class="button" part="button" @click=${() => talk.tap(cancel.payload, cancel.title)}>${cancel.title}</button>`}
          </div>`
        : nothing
    }`,
  );
}

function rowValue(row: SummaryRow, words: Words): string {
  if (row.value_fen !== undefined) return yuan(row.value_fen, words);
  if (row.value_date !== undefined) return day(row.value_date, words);
  if (row.value_at !== undefined) return moment(row.value_at, words);
  return words.values[row.value_text ?? ""] ?? row.value_text ?? "";
}

function requestStatus(card: RequestStatusCard, words: Words): TemplateResult {
  const decided = card.status !== "pending";
  const steps: [string, "done" | "now" | "later"][] = [
    [words.requestStatus["filed"] ?? "", "done"],
    [words.requestStatus["pending"] ?? "", decided ? "done" : "now"],
  ];
  const result = decided ? (words.requestStatus[card.status] ?? card.status) : (words.requestStatus["answer"] ?? "");
  const shown = card.status === "undone" ? steps.slice(0, 1) : steps;
  return cardFrame(
    "status",
    "more",
    `${words.request} · ${words.kinds[card.kind] ?? card.kind}`,
    html`<ol class="steps">
        ${[...shown, [result, decided ? "now" : "later"] as const].map(
          ([title, state]) =>
            html`<li class="step step-${state}" aria-current=${state === "now" ? "step" : nothing}>
              <span class="dot"
                >${state === "later" ? nothing : icon(state === "done" || decided ? (card.status === "refused" && state === "now" ? "close" : "check") : "clock")}</span
              >
              <span>${title}</span>
            </li>`,
        )}
      </ol>
      ${facts([
        [words.requestNumber, card.request_id],
        [words.filedAt, moment(card.filed_at, words)],
        [words.rows["decision_due_at"] ?? "", decided || !card.decision_due_at ? null : moment(card.decision_due_at, words)],
        [words.decidedAt, card.decided_at ? moment(card.decided_at, words) : null],
        [words.rows["reason"] ?? "", card.reason],
      ])}`,
  );
}

function secureLink(card: SecureLinkCard, sentAt: string, { words, session }: Talk): TemplateResult | typeof nothing {
  const url = webAddress(card.url);
  if (url === null) return nothing;
  const late = session.clock.left(card.expires_at, card.as_of_at, sentAt) <= 0;
  return cardFrame(
    "link",
    "lock",
    words.secure,
    late
      ? html`<p>${words.secureLate}</p>`
      : html`<p>${words.secureWhy(url.host)}</p>
          <a class="button primary" part="button primary" href=${url.href} target="_blank" rel="noopener noreferrer"
            >${words.purposes[card.title] ?? card.title}<span class="sr">${words.newTab}</span></a
          >
          <p class="quiet">${words.secureUntil(moment(card.expires_at, words))}</p>`,
  );
}

/** An address that may be opened: a page, never a script. */
function webAddress(text: string): URL | null {
  try {
    const url = new URL(text, location.href);
    return url.protocol === "https:" || url.protocol === "http:" ? url : null;
  } catch {
    return null;
  }
}
