import { html, nothing, type TemplateResult } from "lit";
import type { ComparisonCard, Instalment } from "../client/protocol.js";
import { day, yuan } from "../formats.js";
import { bars, legend, scaleOf } from "../views/bars.js";
import { cardFrame, facts, mark } from "../views/facts.js";
import { moreButton, SHOWN_AT_FIRST, table } from "../views/table.js";
import { ChatPart, define, drawn } from "./part.js";

let pictures = 0;

/** What a change would do to a plan: before and after, side by side, on one scale. */
export class ComparisonElement extends ChatPart {
  static override properties = drawn("card all");

  card!: ComparisonCard;
  private all = false;
  #id = `huanban-comparison-${++pictures}`;

  protected override render(): TemplateResult {
    const { words } = this;
    const { before, after, extra_interest_fen: extra } = this.card;
    const scale = scaleOf(200, before, after);
    const numbers = [...new Set([...before, ...after].map((instalment) => instalment.instalment_number))].sort((a, b) => a - b);
    const pairs = numbers.map((number) => ({ number, old: find(before, number), new: find(after, number) }));
    const changed = pairs.filter((pair) => differs(pair.old, pair.new));
    const shown = this.all ? pairs : (changed.length ? changed : pairs).slice(0, SHOWN_AT_FIRST);
    return cardFrame(
      "comparison",
      "calendar",
      words.comparison[this.card.kind] ?? this.card.product_name,
      html`<div class="sides">
          ${(
            [
              ["before", before],
              ["after", after],
            ] as const
          ).map(
            ([side, plan]) =>
              html`<figure class="picture">
                <h4>${words[side]}</h4>
                ${bars(plan, scale, `${words[side]}: ${words.chart(plan.length)}`, `${this.#id}-${side}`)}
                <figcaption>${legend(plan, words, `${this.#id}-${side}`)}</figcaption>
              </figure>`,
          )}
        </div>
        ${facts([[words.rows[extra < 0 ? "interest_saved" : "extra_interest"] ?? "", yuan(Math.abs(extra), words)]])}
        ${table(
          [words.number, words.before, words.after],
          shown.map((pair) => [
            pair.number,
            html`<span class="label side-label">${words.before}</span>${this.#cell(pair.old)}`,
            html`<span class="label side-label">${words.after}</span>${this.#cell(pair.new)}
              ${differs(pair.old, pair.new) ? html`<br />${mark("good", words.changed)}` : nothing}`,
          ]),
        )}
        ${moreButton(this.all, shown.length, pairs.length, words, () => (this.all = !this.all))}`,
    );
  }

  #cell(instalment: Instalment | undefined): TemplateResult | string {
    if (!instalment) return "—";
    return html`${day(instalment.due_date, this.words)}<br /><b>${yuan(instalment.payment_fen, this.words)}</b>`;
  }
}

function find(plan: Instalment[], number: number): Instalment | undefined {
  return plan.find((instalment) => instalment.instalment_number === number);
}

function differs(old: Instalment | undefined, changed: Instalment | undefined): boolean {
  return old?.due_date !== changed?.due_date || old?.payment_fen !== changed?.payment_fen;
}

define("huanban-comparison", ComparisonElement);
