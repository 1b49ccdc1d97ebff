import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { Message } from "../client/protocol.js";
import type { Pending } from "../client/sending.js";
import { clock, separator } from "../formats.js";
import { asks, cardView } from "../views/cards.js";
import { icon } from "../views/icons.js";
import { ChatPart, define, drawn } from "./part.js";

const NEAR_END_PX = 60;
const TOP_GAP_PX = 12;
/** What comes later than this is not the same answer any more. */
const ANSWER_MS = 30_000;
const SAME_GROUP_MS = 5 * 60_000;

/** The conversation: days, bubbles, answers to tap, cards. */
export class LogElement extends ChatPart {
  static override properties = drawn("messages pending typing slow below");

  messages: readonly Message[] = [];
  pending: readonly Pending[] = [];
  typing = false;
  slow = false;
  private below = false;
  /** The newest message that has been drawn. */
  #drawn: string | undefined;
  /** Where the answer being shown begins, until the borrower speaks again. */
  #answerFrom: Message | undefined;
  /** Where the log was left standing; elsewhere, somebody has scrolled. */
  #rest = 0;
  #resizes = new ResizeObserver(() => this.#follows && this.toEnd());

  protected override firstUpdated(): void {
    // Cards draw themselves a moment later, pictures and letters may grow.
    for (const box of this.querySelectorAll(".scroller, .entries")) this.#resizes.observe(box);
  }

  protected override render(): TemplateResult {
    const { words, messages } = this;
    const open = this.#openIds();
    const lastOfMine = messages.reduce((last, message, index) => (message.from === "borrower" ? index : last), -1);
    return html`<div
        class="scroller"
        part="log"
        role="log"
        aria-live="off"
        aria-label=${words.conversation}
        tabindex="0"
        @scroll=${this.#scrolled}
      >
        <div class="entries">
          ${messages.length + this.pending.length ? nothing : html`<p class="empty">${words.empty}</p>`}
          ${messages.map((message, index) => this.#message(message, index, open.has(message.id), lastOfMine))}
          ${this.pending.map((entry) => this.#waiting(entry))}
          ${
            this.typing
              ? html`<div class="row bot typing" part="typing">
                  <div class="bubble" part="bubble bubble-bot">
                    <span class="dots" aria-hidden="true"><i></i><i></i><i></i></span><span>${words.typing}</span>
                  </div>
                </div>`
              : nothing
          }
          ${this.slow && !this.typing ? html`<p class="notice-line">${words.slow}</p>` : nothing}
        </div>
      </div>
      ${
        this.below
          ? html`<button class="button below" part="button below" @click=${() => this.toEnd(true)}>
              ${icon("down")}${words.further}
            </button>`
          : nothing
      }`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!["messages", "pending", "typing", "slow", "talk"].some((name) => (changed as Map<string, unknown>).has(name))) return;
    const follows = this.#follows;
    const fresh = this.#drawn === undefined ? [] : this.messages.filter((message) => message.id > (this.#drawn ?? ""));
    this.#drawn = this.messages[this.messages.length - 1]?.id ?? this.#drawn ?? "";
    // What one says may be confirmed before it was ever drawn as waiting.
    const spoke = (changed.has("pending") && this.pending.length > 0) || fresh.some((message) => message.from === "borrower");
    for (const message of fresh) {
      const { at } = this.#answerFrom ?? { at: "" };
      if (message.from === "borrower") this.#answerFrom = undefined;
      else if (!this.#answerFrom || Date.parse(message.at) - Date.parse(at) > ANSWER_MS) this.#answerFrom = message;
    }
    if (fresh[fresh.length - 1]?.from !== "bot" && spoke) this.#answerFrom = undefined;
    if (follows || spoke) this.toEnd();
    else if (fresh.length) this.below = true;
  }

  /** Shows the latest; a long answer from its beginning, since that is where one reads, unless the very end is wanted. */
  toEnd(veryEnd = false): void {
    const scroller = this.#scroller;
    if (!scroller) return;
    if (veryEnd) this.#answerFrom = undefined;
    const end = scroller.scrollHeight - scroller.clientHeight;
    const start = this.#answerFrom && scroller.querySelector<HTMLElement>(`[data-id="${CSS.escape(this.#answerFrom.id)}"]`);
    scroller.scrollTop = start ? Math.min(end, start.offsetTop - TOP_GAP_PX) : end;
    this.#rest = scroller.scrollTop;
    this.below = this.#isAboveEnd(scroller);
    if (veryEnd) scroller.focus();
  }

  get #scroller(): HTMLElement | null {
    return this.querySelector(".scroller");
  }

  /** Whether nobody has scrolled away from where the log was left. */
  get #follows(): boolean {
    const scroller = this.#scroller;
    return !scroller || Math.abs(scroller.scrollTop - this.#rest) < NEAR_END_PX;
  }

  #isAboveEnd(scroller: HTMLElement): boolean {
    return scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop > NEAR_END_PX;
  }

  #scrolled = (): void => {
    const scroller = this.#scroller;
    if (!scroller || this.#isAboveEnd(scroller)) return;
    // Somebody went to the end: from here on what comes is followed.
    if (Math.abs(scroller.scrollTop - this.#rest) > 1) this.#answerFrom = undefined;
    this.#rest = scroller.scrollTop;
    this.below = false;
  };

  /** Messages whose questions are still open: those after the borrower's last word. In care mode one question at a time. */
  #openIds(): Set<string> {
    if (this.pending.some((entry) => !entry.problem)) return new Set();
    const turn: string[] = [];
    let below: Message | undefined;
    for (const message of [...this.messages].reverse()) {
      if (message.from === "borrower") break;
      // A calendar or a slider right above a question is another way to answer it, not a question of its own.
      const sameQuestion = below?.id === turn[turn.length - 1] && message.card?.type.endsWith("_choice");
      if ((message.buttons?.length || asks(message.card)) && (!this.talk.care || !turn.length || sameQuestion))
        turn.push(message.id);
      below = message;
    }
    return new Set(turn);
  }

  #message(message: Message, index: number, open: boolean, lastOfMine: number): TemplateResult {
    const before = this.messages[index - 1];
    const after = this.messages[index + 1];
    const line = separator(message.at, this.words);
    const newDay = !before || separator(before.at, this.words) !== line;
    const lastOfGroup = !after || after.from !== message.from || Date.parse(after.at) - Date.parse(message.at) > SAME_GROUP_MS;
    const mine = message.from === "borrower";
    const card = message.card ? cardView(message.card, message.at, this.talk, open) : nothing;
    return html`<div class="entry" data-id=${message.id}>
      ${newDay ? html`<p class="separator" part="separator" role="separator" aria-label=${line}><span>${line}</span></p>` : nothing}
      ${message.text ? this.#bubble(message.text, mine, !mine && index > lastOfMine) : nothing}
      ${card === nothing ? nothing : html`<div class="row ${mine ? "mine" : "bot"} with-card">${card}</div>`}
      ${
        open && message.buttons?.length
          ? html`<div class="choices" role="group" aria-label=${this.words.choices([])}>
              ${message.buttons.map(
                (button) =>
                  html`<button
                    class="button choice"
                    part="button quick-reply"
                    @click=${() => this.#tap(button.payload, button.title)}
                  >
                    ${button.title}
                  </button>`,
              )}
            </div>`
          : nothing
      }
      ${this.talk.care && index === lastOfMine ? this.#editButton(message.text ?? "") : nothing}
      ${lastOfGroup && (message.text || card !== nothing) ? html`<p class="time ${mine ? "mine" : ""}">${clock(message.at)}</p>` : nothing}
    </div>`;
  }

  #bubble(text: string, mine: boolean, readable = false): TemplateResult {
    const { words, talk } = this;
    return html`<div class="row ${mine ? "mine" : "bot"}">
      <div class="bubble" part="bubble ${mine ? "bubble-borrower" : "bubble-bot"}">
        <span class="sr">${mine ? words.you : words.bot}：</span>
        ${text.split(/\n+/).map((line) => html`<p>${whole(line)}</p>`)}
      </div>
      ${
        readable && talk.care && talk.read
          ? html`<button
              class="button read"
              part="button read"
              aria-label="${words.readThis}: ${text.slice(0, 20)}"
              @click=${() => talk.read?.(text)}
            >
              ${icon("sound")}${words.readThis}
            </button>`
          : nothing
      }
    </div>`;
  }

  #waiting(entry: Pending): TemplateResult {
    const { words } = this;
    const text = entry.text ?? entry.title ?? "";
    const kind = entry.problem?.type.replace(/.*\//, "") as keyof typeof words.problem | undefined;
    return html`<div class="entry" data-id=${entry.id}>
      ${this.#bubble(text, true)}
      ${
        entry.problem
          ? html`<p class="time mine" role="alert">
                <span class="mark mark-warn"
                  >${icon("warn")}${(kind && words.problem[kind]) ?? words.problem["message-malformed"]}</span
                >
              </p>
              <div class="choices mine">
                ${
                  entry.text
                    ? html`<button class="button" part="button" @click=${() => this.#editAgain(entry)}>
                        ${words.editAgain}
                      </button>`
                    : nothing
                }
                <button class="button" part="button" @click=${() => this.talk.session.again(entry)}>${words.sendAgain}</button>
              </div>`
          : html`<p class="time mine">${icon("clock")}${words.waiting}</p>`
      }
    </div>`;
  }

  #editButton(text: string): TemplateResult | typeof nothing {
    if (!text || this.pending.length) return nothing;
    return html`<div class="choices mine">
      <button class="button" part="button" @click=${() => this.talk.edit(text)}>${this.words.editAgain}</button>
    </div>`;
  }

  #editAgain(entry: Pending): void {
    this.talk.session.discard(entry);
    this.talk.edit(entry.text ?? "");
  }

  /** What was tapped disappears, so the focus goes to the conversation instead of nowhere. */
  #tap(payload: string, title: string): void {
    this.#scroller?.focus();
    this.talk.tap(payload, title);
  }
}

/** A sum, a day or a telephone number is never broken between two lines; the text stays what it was. */
function whole(line: string): unknown[] {
  return line
    .split(/(\d[\d,.-]*(?:元|月\d+日(?:\(周.\))?)?)/)
    .map((piece, index) => (index % 2 ? html`<span class="whole">${piece}</span>` : piece));
}

define("huanban-log", LogElement);
