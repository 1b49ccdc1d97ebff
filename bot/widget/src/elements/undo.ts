import { html, nothing, type TemplateResult } from "lit";
import type { UndoCard } from "../client/protocol.js";
import { clock } from "../formats.js";
import { cardFrame } from "../views/facts.js";
import { icon } from "../views/icons.js";
import { ChatPart, define, drawn } from "./part.js";

const WINDOW_MS = 10 * 60_000;

/**
 * The minutes in which a filing can be taken back, running. In care mode nothing changes under the reader's eyes but whole
 * minutes, and the button stays where it is: should it be late, the bot says so.
 */
export class UndoElement extends ChatPart {
  static override properties = drawn("card sentAt left tapped");

  card!: UndoCard;
  /** The server's time when the card came. */
  sentAt!: string;
  private left = 0;
  private tapped = false;
  #timer: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = setInterval(() => this.#tick(), 1_000);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  protected override willUpdate(): void {
    this.#tick();
  }

  protected override render(): TemplateResult {
    const { words, left } = this;
    const { care } = this.talk;
    const seconds = Math.ceil(left / 1_000);
    const over = left <= 0;
    return cardFrame(
      "undo",
      "undo",
      words.undoTitle,
      html`<p>${over ? words.undoLate : words.undoUntil(clock(this.card.undo_until_at))}</p>
        ${
          over
            ? nothing
            : html`<svg class="time-left" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
                  <rect class="track" width="100" height="4" />
                  <rect class="fill-principal" width=${Math.min(100, (left / WINDOW_MS) * 100)} height="4" />
                </svg>
                <p class="countdown" role="timer" aria-live="off">
                  ${care ? words.undoLeftMinutes(Math.ceil(seconds / 60)) : words.undoLeft(Math.floor(seconds / 60), seconds % 60)}
                </p>`
        }
        ${
          over && !care
            ? nothing
            : html`<div class="actions">
                <button class="button" part="button" aria-disabled=${this.tapped} @click=${() => this.#undo()}>
                  ${icon("undo")}${words.undo}
                </button>
              </div>`
        }`,
    );
  }

  #undo(): void {
    if (this.tapped) return;
    this.tapped = true;
    this.talk.tap(this.card.payload, this.words.undo);
  }

  #tick(): void {
    const left = this.talk.session.clock.left(this.card.undo_until_at, this.card.as_of_at, this.sentAt);
    // In care mode by whole minutes.
    const shown = this.talk.care ? Math.ceil(left / 60_000) * 60_000 : Math.ceil(left / 1_000) * 1_000;
    if (shown !== this.left) this.left = shown;
    if (!left) clearInterval(this.#timer);
  }
}

define("huanban-undo", UndoElement);
