import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { icon } from "../views/icons.js";
import { Dictation } from "../voice.js";
import { ChatPart, define, drawn, isComposing } from "./part.js";

/** As the channel allows. */
const MOST_CHARACTERS = 1_000;
const COUNT_FROM = 900;

/** Where the borrower writes. Enter sends, unless it confirms what an input method suggests. */
export class ComposerElement extends ChatPart {
  static override properties = drawn("draft dictates keep listening deaf asking");

  draft = "";
  dictates = true;
  /** Keeps what is being written. */
  keep: (draft: string) => void = () => undefined;
  private listening = false;
  private deaf = false;
  /** Whether the borrower is being asked if what they say may be recognised elsewhere. */
  private asking = false;
  #dictation: Dictation | null | undefined;

  protected override render(): TemplateResult {
    const { words } = this;
    this.#dictation ??= this.dictates ? Dictation.of(words.speech) : null;
    const left = MOST_CHARACTERS - this.draft.length;
    return html`<form class="composer" part="composer" @submit=${this.#submit}>
      ${this.deaf ? html`<p class="composer-note" role="status">${words.dictationFailed}</p>` : nothing}
      ${
        left < MOST_CHARACTERS - COUNT_FROM
          ? html`<p class="composer-note ${left < 0 ? "mark-warn" : ""}" id="huanban-left" role="status">
              ${words.charactersLeft(left)}
            </p>`
          : nothing
      }
      ${
        this.asking
          ? html`<p class="composer-note" role="status">${words.dictateWhy}</p>
              <button type="button" class="button" part="button" @click=${this.#dictate}>${words.dictateYes}</button>`
          : nothing
      }
      <div class="composer-row">
        <textarea
          class="field input"
          part="input"
          rows="1"
          aria-label=${words.write}
          placeholder=${words.write}
          enterkeyhint="send"
          autocomplete="off"
          .value=${this.draft}
          @input=${this.#typed}
          @keydown=${this.#key}
        ></textarea>
        ${
          this.#dictation && this.dictates
            ? html`<button
                type="button"
                class="button icon-button"
                part="button dictate"
                aria-pressed=${this.listening}
                aria-label=${this.listening ? words.stopDictation : words.dictate}
                @click=${this.#toggle}
              >
                ${icon(this.listening ? "stop" : "mic")}
              </button>`
            : nothing
        }
        <button
          class="button primary icon-button send"
          part="button send"
          aria-label=${words.send}
          aria-disabled=${!this.#canSend}
        >
          ${icon("send")}
        </button>
      </div>
    </form>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has("draft") && !changed.has("talk")) return;
    const input = this.input;
    if (!input) return;
    // As tall as what is written, up to what the style sheet allows.
    input.style.height = "auto";
    input.style.height = `${input.scrollHeight + input.offsetHeight - input.clientHeight}px`;
  }

  get input(): HTMLTextAreaElement | null {
    return this.querySelector("textarea");
  }

  get #canSend(): boolean {
    const { length } = this.draft.trim();
    return length > 0 && length <= MOST_CHARACTERS;
  }

  #typed = (): void => this.#write(this.input?.value ?? "");

  #write(text: string): void {
    this.draft = text;
    this.keep(text);
  }

  #key = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.shiftKey || isComposing(event)) return;
    event.preventDefault();
    this.#send();
  };

  #submit = (event: Event): void => {
    event.preventDefault();
    this.#send();
  };

  #send(): void {
    if (!this.#canSend) return;
    this.talk.say(this.draft);
    this.#write("");
    this.input?.focus();
  }

  /** Most browsers recognise speech at their maker's, so the borrower is asked before the first time. */
  #toggle = (): void => {
    if (this.listening) this.#dictation?.stop();
    else if (this.talk.store.get("huanban.dictate")) this.#dictate();
    else this.asking = !this.asking;
  };

  #dictate = (): void => {
    this.talk.store.set("huanban.dictate", "1");
    this.asking = false;
    this.listening = true;
    this.deaf = false;
    const before = this.draft;
    this.#dictation?.start(
      (text) => this.#write(before + text),
      (failed) => {
        this.listening = false;
        this.deaf = failed;
      },
    );
  };
}

define("huanban-composer", ComposerElement);
