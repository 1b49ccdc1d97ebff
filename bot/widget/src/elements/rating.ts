import { html, nothing, type TemplateResult } from "lit";
import { cardFrame } from "../views/facts.js";
import { ChatPart, define, drawn } from "./part.js";

let groups = 0;

/** How the borrower was served, in words; a sentence may follow. */
export class RatingElement extends ChatPart {
  static override properties = drawn("score done failed");

  private score = 0;
  private done = false;
  private failed = false;
  #group = `huanban-rating-${++groups}`;

  protected override render(): TemplateResult {
    const { words } = this;
    return cardFrame(
      "rating",
      "check",
      words.rating,
      this.done
        ? html`<p role="status" tabindex="-1" class="thanks">${words.ratingThanks}</p>`
        : html`<form @submit=${this.#send}>
            <fieldset class="scores">
              <legend class="sr">${words.rating}</legend>
              ${words.scores.map(
                (name, index) =>
                  html`<label class="score" part="score">
                    <input
                      type="radio"
                      name=${this.#group}
                      .checked=${this.score === index + 1}
                      @change=${() => (this.score = index + 1)}
                    />
                    <span>${name}</span>
                  </label>`,
              )}
            </fieldset>
            ${
              this.score
                ? html`<label class="more">
                      <span>${words.ratingMore}</span>
                      <textarea class="field" rows="2" maxlength="500" name="text"></textarea>
                    </label>
                    <div class="actions"><button class="button primary" part="button primary">${words.ratingSend}</button></div>`
                : nothing
            }
            <p role="status">${this.failed ? words.ratingFailed : nothing}</p>
          </form>`,
    );
  }

  #send = async (event: Event): Promise<void> => {
    event.preventDefault();
    const text = this.querySelector("textarea")?.value.trim() ?? "";
    try {
      this.done = await this.talk.session.rate(this.score, text);
    } catch {
      this.done = false;
    }
    this.failed = !this.done;
    await this.updateComplete;
    this.querySelector<HTMLElement>(".thanks")?.focus();
  };
}

define("huanban-rating", RatingElement);
