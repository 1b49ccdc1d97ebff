import { html, nothing, type TemplateResult } from "lit";
import type { Words } from "../words/index.js";

/** Rows shown before somebody asks for all. */
export const SHOWN_AT_FIRST = 6;

/**
 * A table whose rows begin with their own heading. The roles are written out, since in care mode the rows are laid out as
 * blocks, and a browser then forgets that they are rows.
 */
export function table(columns: readonly string[], rows: readonly (readonly unknown[])[]): TemplateResult {
  return html`<table class="table" role="table">
    <thead role="rowgroup">
      <tr role="row">
        ${columns.map((name) => html`<th role="columnheader" scope="col">${name}</th>`)}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${rows.map(
        ([heading, ...cells]) =>
          html`<tr role="row">
            <th role="rowheader" scope="row">${heading}</th>
            ${cells.map((cell) => html`<td role="cell">${cell}</td>`)}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

/** Shows all rows, or fewer again; nothing when all are there anyway. */
export function moreButton(
  all: boolean,
  shown: number,
  count: number,
  words: Words,
  flip: () => void,
): TemplateResult | typeof nothing {
  if (!all && count <= shown) return nothing;
  return html`<button class="button" part="button" aria-expanded=${all} @click=${flip}>
    ${all ? words.showFewer : words.showAll(count)}
  </button>`;
}
