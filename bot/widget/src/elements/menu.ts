import { html, nothing, type TemplateResult } from "lit";
import { icon, type Icon } from "../views/icons.js";
import { ChatPart, define, drawn } from "./part.js";

/** What else one can do; fills the panel, and closes at its top right. */
export class MenuElement extends ChatPart {
  static override properties = drawn("reading canRead closable act saving");

  /** Whether it reads aloud; null where the browser has no voice. */
  reading: boolean | null = null;
  closable = false;
  act!: (what: "care" | "read" | "hide" | "shut") => void;
  private saving: "idle" | "busy" | "done" | "failed" = "idle";

  protected override firstUpdated(): void {
    this.querySelector("button")?.focus();
  }

  protected override render(): TemplateResult {
    const { words } = this;
    const saved = { idle: "", busy: words.downloading, done: words.downloaded, failed: words.downloadFailed }[this.saving];
    return html`<div class="menu" part="menu" role="dialog" aria-modal="true" aria-label=${words.menu} @keydown=${this.#key}>
      <div class="header">
        <h2 class="title">${words.menu}</h2>
        <button
          class="button icon-button close"
          part="button close"
          aria-label=${words.closeMenu}
          @click=${() => this.act("shut")}
        >
          ${icon("close")}
        </button>
      </div>
      <div class="menu-items">
        ${this.#switch(words.care, "eye", this.talk.care, () => this.act("care"))}
        ${this.reading === null ? nothing : this.#switch(words.readAloud, "sound", this.reading, () => this.act("read"))}
        <button class="button menu-item" part="button" @click=${this.#save}>${icon("down")}<span>${words.download}</span></button>
        <p role="status" class="quiet">${saved}</p>
        ${
          this.closable
            ? html`<button class="button menu-item" part="button" @click=${() => this.act("hide")}>
                  ${icon("close")}<span>${words.hideLauncher}</span>
                </button>
                <p class="quiet">${words.hideLauncherWhy}</p>`
            : nothing
        }
      </div>
    </div>`;
  }

  #switch(name: string, picture: Icon, on: boolean, flip: () => void): TemplateResult {
    return html`<button class="button menu-item" part="button" role="switch" aria-checked=${on} @click=${flip}>
      ${icon(picture)}<span>${name}</span><b>${on ? this.words.on : this.words.off}</b>
    </button>`;
  }

  #save = async (): Promise<void> => {
    this.saving = "busy";
    try {
      const file = URL.createObjectURL(await this.talk.session.transcript());
      const link = document.createElement("a");
      link.href = file;
      link.download = `${this.words.fileName}.txt`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(file), 60_000);
      this.saving = "done";
    } catch {
      this.saving = "failed";
    }
  };

  /** The focus stays in the menu while it is open. */
  #key = (event: KeyboardEvent): void => {
    if (event.key !== "Tab") return;
    const stops = [...this.querySelectorAll<HTMLElement>("button")];
    const active = (this.getRootNode() as ShadowRoot).activeElement;
    const edge = event.shiftKey ? stops[0] : stops[stops.length - 1];
    if (active !== edge) return;
    event.preventDefault();
    (event.shiftKey ? stops[stops.length - 1] : stops[0])?.focus();
  };
}

define("huanban-menu", MenuElement);
