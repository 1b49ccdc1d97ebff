import { html, nothing, type TemplateResult } from "lit";
import type { ChatSession } from "../client/session.js";
import type { Words } from "../words/index.js";
import { icon } from "./icons.js";

/** The top of the panel: who answers, large letters, what else there is, and the way out. */
export function header(
  words: Words,
  heading: string,
  inCare: boolean,
  act: (what: "care" | "menu" | "close") => void,
): TemplateResult {
  return html`<div class="header" part="header">
    <div class="who">
      <h2 class="title" id="huanban-title" tabindex="-1">${heading || words.name}</h2>
      <p class="subtitle">${words.automatic}</p>
    </div>
    <button class="button care-switch" part="button care" aria-pressed=${inCare} @click=${() => act("care")}>
      ${icon("eye")}<span>${inCare ? words.careOff : words.care}</span>
    </button>
    <button class="button icon-button" part="button" aria-label=${words.menu} aria-haspopup="dialog" @click=${() => act("menu")}>
      ${icon("more")}
    </button>
    <button class="button icon-button close" part="button close" aria-label=${words.close} @click=${() => act("close")}>
      ${icon("close")}
    </button>
  </div>`;
}

/**
 * Size of letters and reading aloud, always at hand in care mode.
 * @param reading - whether it reads aloud; null where the browser has no voice
 */
export function careBar(
  words: Words,
  size: number,
  last: number,
  reading: boolean | null,
  resize: (step: number) => void,
  read: (on: boolean) => void,
): TemplateResult {
  const step = (by: number, name: string, end: number) =>
    html`<button class="button" part="button" aria-disabled=${size === end} @click=${() => resize(by)}>${name}</button>`;
  return html`<div class="care-bar" part="care-bar" role="group" aria-label=${words.care}>
    ${step(-1, words.smaller, 0)}${step(1, words.larger, last)}
    ${
      reading === null
        ? nothing
        : html`<button class="button" part="button" role="switch" aria-checked=${reading} @click=${() => read(!reading)}>
            ${words.readAloud} ${reading ? words.on : words.off}
          </button>`
    }
  </div>`;
}

/** How the line stands, where that is worth a word, and whether somebody is logged in. */
export function notices(session: ChatSession, words: Words): TemplateResult {
  const { line, refusal } = session;
  const connecting = line === "connecting";
  const trouble = words.line[(line === "refused" && refusal) || (line as "connecting")];
  return html`<div class="notices" part="notices" role="status">
    ${
      trouble
        ? html`<p class="notice ${connecting ? "" : "notice-warn"}">
            ${icon(connecting ? "clock" : "warn")}<span>${trouble}</span>
            ${
              line === "refused"
                ? html`<button class="button" part="button" @click=${() => session.reconnect()}>${words.tryAgain}</button>`
                : nothing
            }
          </p>`
        : nothing
    }
    ${session.greeted && session.guest ? html`<p class="notice">${words.guest}</p>` : nothing}
  </div>`;
}
