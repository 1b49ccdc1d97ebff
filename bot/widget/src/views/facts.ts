import { html, nothing, type TemplateResult } from "lit";
import { icon, type Icon } from "./icons.js";

export type Fact = [name: string, value: string | TemplateResult | null | undefined];

/** The frame of a card: what it is, then its contents. */
export function cardFrame(kind: string, picture: Icon, heading: string, contents: unknown): TemplateResult {
  return html`<div class="card card-${kind}" part="card card-${kind}" role="group" aria-label=${heading}>
    <h3 class="card-heading" part="card-heading">${icon(picture)}<span>${heading}</span></h3>
    ${contents}
  </div>`;
}

/** Names and values; those without a value are left out. */
export function facts(rows: readonly Fact[]): TemplateResult {
  return html`<dl class="facts">
    ${rows.map(([name, value]) =>
      value === null || value === undefined
        ? nothing
        : html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
    )}
  </dl>`;
}

/** A state in a word with a sign, so that colour is never the only cue. */
export function mark(tone: "good" | "warn" | "plain", text: string): TemplateResult {
  return html`<span class="mark mark-${tone}"
    >${tone === "plain" ? nothing : icon(tone === "warn" ? "warn" : "check")}${text}</span
  >`;
}
