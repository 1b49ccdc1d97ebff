import { html, type TemplateResult } from "lit";
import type { AmountChoiceCard } from "../client/protocol.js";
import { monthlyToSay, yuan } from "../formats.js";
import { cardFrame } from "../views/facts.js";
import { icon } from "../views/icons.js";
import { ChatPart, define, drawn } from "./part.js";

/** What one can pay a month: a slider, and buttons that do the same without dragging. */
export class AmountElement extends ChatPart {
  static override properties = drawn("card fen");

  card!: AmountChoiceCard;
  private fen = 0;

  protected override willUpdate(): void {
    if (!this.fen) this.fen = this.#within(this.card.suggested_fen);
  }

  protected override render(): TemplateResult {
    const { words, card } = this;
    const shown = yuan(this.fen, words);
    const step = yuan(card.step_fen, words);
    return cardFrame(
      "amount",
      "coins",
      words.chooseAmount,
      html`<p class="chosen"><span class="label">${words.perMonth}</span> <output>${shown}</output></p>
        <div class="slider">
          <button class="button icon-button" part="button" aria-label=${words.lessBy(step)} @click=${() => this.#move(-1)}>
            ${icon("minus")}
          </button>
          <input
            type="range"
            part="slider"
            aria-label=${words.chooseAmount}
            aria-valuetext=${shown}
            min=${card.min_fen}
            max=${card.max_fen}
            step=${card.step_fen}
            .value=${String(this.fen)}
            @input=${(event: Event) => (this.fen = Number((event.target as HTMLInputElement).value))}
          />
          <button class="button icon-button" part="button" aria-label=${words.moreBy(step)} @click=${() => this.#move(1)}>
            ${icon("plus")}
          </button>
        </div>
        <p class="quiet">${words.amountRange(yuan(card.min_fen, words), yuan(card.max_fen, words))}</p>
        <div class="actions">
          <button class="button primary" part="button primary" @click=${() => this.talk.say(monthlyToSay(this.fen))}>
            ${words.useAmount(shown)}
          </button>
        </div>`,
    );
  }

  #move(steps: number): void {
    this.fen = this.#within(this.fen + steps * this.card.step_fen);
  }

  #within(fen: number): number {
    return Math.min(Math.max(fen, this.card.min_fen), this.card.max_fen);
  }
}

define("huanban-amount", AmountElement);
