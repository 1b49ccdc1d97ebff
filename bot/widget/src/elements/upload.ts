import { html, nothing, type TemplateResult } from "lit";
import { HttpRefusal, type Evidence } from "../client/http.js";
import type { UploadCard } from "../client/protocol.js";
import { size } from "../formats.js";
import { cardFrame } from "../views/facts.js";
import { icon } from "../views/icons.js";
import type { Words } from "../words/index.js";
import { ChatPart, define, drawn } from "./part.js";

type Trouble = keyof Words["uploadProblem"];

/** Hands in a proof; type and size are checked here for the borrower's sake, and by the server for everybody's. */
export class UploadElement extends ChatPart {
  static override properties = drawn("card busy trouble received");

  card!: UploadCard;
  private busy = false;
  private trouble: Trouble | null = null;
  private received: Evidence[] = [];

  protected override render(): TemplateResult {
    const { words, card } = this;
    const kinds = card.accepts.map((kind) => words.kindNames[kind] ?? kind).join("、");
    return cardFrame(
      "upload",
      "file",
      words.upload,
      html`<p>${words.uploadWhy}</p>
        <p class="quiet">${words.uploadWhat(kinds, size(card.max_bytes))}</p>
        <ul class="received">
          ${this.received.map((file) => html`<li>${icon("check")}<span>${words.uploaded}: ${file.name} (${size(file.size)})</span></li>`)}
        </ul>
        <p class="upload-state" role="status">
          ${
            this.busy
              ? words.uploading
              : this.trouble
                ? html`<span class="mark mark-warn">${icon("warn")}${words.uploadProblem[this.trouble]}</span>`
                : nothing
          }
        </p>
        <label class="button ${this.busy ? "busy" : ""}" part="button">
          ${icon("file")}<span>${words.chooseFile}</span>
          <input class="file-input" type="file" accept=${card.accepts.join(",")} ?disabled=${this.busy} @change=${this.#chosen} />
        </label>`,
    );
  }

  #chosen = async (event: Event): Promise<void> => {
    const input = event.target as HTMLInputElement;
    const file = input.files?.[0];
    input.value = "";
    if (!file) return;
    this.trouble = this.#refuses(file);
    if (this.trouble) return;
    this.busy = true;
    try {
      this.received = [...this.received, await this.talk.session.sendEvidence(file, this.card.request_id)];
    } catch (error) {
      this.trouble = troubleOf(error);
    } finally {
      this.busy = false;
    }
  };

  #refuses(file: File): Trouble | null {
    // Some browsers do not know a photo's type; the server looks at the bytes.
    if (file.type && !this.card.accepts.includes(file.type)) return "kind";
    if (!file.size) return "empty";
    return file.size > this.card.max_bytes ? "size" : null;
  }
}

const KNOWN: Record<string, Trouble> = {
  "no-answer": "offline",
  "evidence-kind": "kind",
  "evidence-too-large": "size",
  "evidence-too-many": "many",
  "request-decided": "decided",
};

function troubleOf(error: unknown): Trouble {
  return (error instanceof HttpRefusal && KNOWN[error.problem.type.replace(/.*\//, "")]) || "other";
}

define("huanban-upload", UploadElement);
