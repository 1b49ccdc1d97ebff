import { html, nothing, type TemplateResult } from "lit";
import type { DateChoiceCard } from "../client/protocol.js";
import { day, dayToSay, parts, plusDays } from "../formats.js";
import { cardFrame } from "../views/facts.js";
import { icon, type Icon } from "../views/icons.js";
import { ChatPart, define, drawn } from "./part.js";

/** A day within what the quote allows. In care mode large steps instead of a grid of small squares. */
export class CalendarElement extends ChatPart {
  static override properties = drawn("card chosen");

  card!: DateChoiceCard;
  private chosen = "";
  #moved = false;

  protected override willUpdate(): void {
    if (!this.chosen) this.chosen = this.card.earliest_date;
  }

  protected override render(): TemplateResult {
    const { words } = this;
    const { earliest_date: earliest, latest_date: latest } = this.card;
    return cardFrame(
      "calendar",
      "calendar",
      words.chooseDay,
      html`<p class="quiet">${words.dayRange(day(earliest, words), day(latest, words))}</p>
        ${this.talk.care ? this.#steps() : this.#month()}
        <div class="actions">
          <button class="button primary" part="button primary" @click=${() => this.talk.say(dayToSay(this.chosen))}>
            ${words.useDay(day(this.chosen, words))}
          </button>
        </div>`,
    );
  }

  protected override updated(): void {
    if (!this.#moved) return;
    this.#moved = false;
    this.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
  }

  #steps(): TemplateResult {
    const { words } = this;
    const step = (days: number, text: string) =>
      html`<button
        class="button"
        part="button"
        aria-disabled=${!this.#allows(plusDays(this.chosen, days))}
        @click=${() => this.#choose(plusDays(this.chosen, days))}
      >
        ${text}
      </button>`;
    return html`<p class="chosen" role="status"><span class="sr">${words.chosen}</span>${day(this.chosen, words)}</p>
      <div class="step-buttons">
        ${step(-1, words.dayEarlier)}${step(1, words.dayLater)}${step(-7, words.weekEarlier)}${step(7, words.weekLater)}
      </div>`;
  }

  #month(): TemplateResult {
    const { words } = this;
    const { year, month } = parts(this.chosen);
    const first = `${this.chosen.slice(0, 8)}01`;
    const start = plusDays(first, -parts(first).weekday);
    const weeks = Math.ceil((parts(first).weekday + daysIn(year, month)) / 7);
    const before = plusDays(first, -1);
    const after = plusDays(first, daysIn(year, month));
    const move = (target: string, label: string, picture: Icon) =>
      html`<button
        class="button icon-button"
        part="button"
        aria-label=${label}
        aria-disabled=${!this.#allows(target)}
        @click=${() => this.#choose(target)}
      >
        ${icon(picture)}
      </button>`;
    return html`<div class="month-bar">
        ${move(before, words.previousMonth, "left")}
        <h4 aria-live="polite">${words.monthTitle(year, month)}</h4>
        ${move(after, words.nextMonth, "right")}
      </div>
      <table class="calendar" role="grid" aria-label=${words.monthTitle(year, month)} @keydown=${this.#key}>
        <thead>
          <tr>
            ${words.weekdays.map((name) => html`<th scope="col">${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${Array.from({ length: weeks }, (_, week) => plusDays(start, week * 7))
            .filter((sunday) => this.#meets(sunday))
            .map(
              (sunday) =>
                html`<tr>
                  ${Array.from({ length: 7 }, (_, weekday) => this.#cell(plusDays(sunday, weekday), month))}
                </tr>`,
            )}
        </tbody>
      </table>`;
  }

  #cell(iso: string, month: number): TemplateResult {
    const date = parts(iso);
    if (date.month !== month) return html`<td></td>`;
    const chosen = iso === this.chosen;
    return html`<td role="gridcell" aria-selected=${chosen}>
      <button
        class="day"
        part="day"
        tabindex=${chosen ? 0 : -1}
        aria-disabled=${!this.#allows(iso)}
        aria-label=${day(iso, this.words)}
        aria-current=${chosen ? "date" : nothing}
        @click=${() => this.#choose(iso)}
      >
        ${date.day}
      </button>
    </td>`;
  }

  /** Whether any day of a week may be chosen; the others only take up room. */
  #meets(sunday: string): boolean {
    return plusDays(sunday, 6) >= this.card.earliest_date && sunday <= this.card.latest_date;
  }

  #allows(iso: string): boolean {
    return iso >= this.card.earliest_date && iso <= this.card.latest_date;
  }

  #choose(iso: string): void {
    if (this.#allows(iso)) this.chosen = iso;
  }

  #key = (event: KeyboardEvent): void => {
    const { weekday } = parts(this.chosen);
    const steps: Record<string, number> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -7,
      ArrowDown: 7,
      PageUp: -28,
      PageDown: 28,
      Home: -weekday,
      End: 6 - weekday,
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const { earliest_date: earliest, latest_date: latest } = this.card;
    const wanted = plusDays(this.chosen, step);
    this.#moved = true;
    this.chosen = wanted < earliest ? earliest : wanted > latest ? latest : wanted;
    this.requestUpdate();
  };
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

define("huanban-calendar", CalendarElement);
