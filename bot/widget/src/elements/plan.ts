import { html, nothing, type TemplateResult } from "lit";
import type { Instalment, PlanCard } from "../client/protocol.js";
import { day, moment, yuan } from "../formats.js";
import { bars, legend, scaleOf } from "../views/bars.js";
import { cardFrame, mark } from "../views/facts.js";
import { moreButton, SHOWN_AT_FIRST, table } from "../views/table.js";
import { ChatPart, define, drawn } from "./part.js";

let pictures = 0;

/** A repayment plan, as a picture and as a table. */
export class PlanElement extends ChatPart {
  static override properties = drawn("card all");

  card!: PlanCard;
  private all = false;
  #id = `huanban-plan-${++pictures}`;

  protected override render(): TemplateResult {
    const { words } = this;
    const plan = this.card.instalments;
    const open = plan.filter((instalment) => instalment.status !== "paid");
    const shown = this.all ? plan : (open.length ? open : plan).slice(0, SHOWN_AT_FIRST);
    const first = plan[0];
    const last = plan[plan.length - 1];
    return cardFrame(
      "plan",
      "calendar",
      `${words.plan} · ${this.card.product_name}`,
      html`${
          first && last
            ? html`<figure class="picture">
                ${bars(plan, scaleOf(320, plan), words.chart(plan.length), this.#id)}
                <div class="axis-labels" aria-hidden="true">
                  <span>${words.instalment(first.instalment_number)}</span>
                  ${plan.length > 1 ? html`<span>${words.instalment(last.instalment_number)}</span>` : nothing}
                </div>
                <figcaption>${legend(plan, words, this.#id)}</figcaption>
              </figure>`
            : nothing
        }
        ${table(
          [words.number, words.dueDate, words.payment],
          shown.map((instalment) => this.#row(instalment)),
        )}
        ${moreButton(this.all, shown.length, plan.length, words, () => (this.all = !this.all))}
        <p class="quiet">${words.asOf(moment(this.card.as_of_at, words))}</p>`,
    );
  }

  #row(instalment: Instalment): unknown[] {
    const { words } = this;
    const { status = "upcoming" } = instalment;
    const named = words.instalmentStatus[status] ?? status;
    const tone = status === "overdue" ? "warn" : status === "paid" || status === "deferred" ? "good" : "plain";
    return [
      instalment.instalment_number,
      html`${day(instalment.due_date, words)}${status === "upcoming" ? nothing : html`<br />${mark(tone, named)}`}`,
      html`<b>${yuan(instalment.payment_fen, words)}</b> ${(["principal", "interest", "fee", "penalty"] as const).map((part) => {
          const fen = instalment[`${part}_fen`];
          return fen ? html`<span class="quiet">${words[part]} ${yuan(fen, words)}</span>` : nothing;
        })}`,
    ];
  }
}

define("huanban-plan", PlanElement);
