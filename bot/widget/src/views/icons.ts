import { html, type TemplateResult } from "lit";

/** Each a line drawn on a grid of 24, in the colour of the text beside it. */
const SHAPES = {
  chat: "M4 5.5h16v11H11l-4.5 3.5v-3.5H4zM8 9.5h8M8 13h5",
  close: "M6 6l12 12M18 6L6 18",
  send: "M12 19V5M6 11l6-6 6 6",
  mic: "M9 6.5a3 3 0 0 1 6 0v5a3 3 0 0 1-6 0zM5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3",
  stop: "M7 7h10v10H7z",
  more: "M5 7h14M5 12h14M5 17h14",
  clock: "M12 3.5a8.5 8.5 0 1 0 .1 0M12 7v5.3l3.3 2",
  warn: "M12 4l9 16H3zM12 10v4.5M12 17.2v.3",
  check: "M4.5 12.5l5 5 10-11",
  sound: "M4 9.5v5h3.5l5 4v-13l-5 4zM15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11",
  left: "M14.5 5.5L8 12l6.5 6.5",
  right: "M9.5 5.5L16 12l-6.5 6.5",
  down: "M12 5v13M6 12.5l6 6 6-6",
  minus: "M5 12h14",
  plus: "M5 12h14M12 5v14",
  lock: "M5 10.5h14V20H5zM8 10.5V8a4 4 0 0 1 8 0v2.5",
  file: "M6.5 3.5H14l4 4v13H6.5zM14 3.5v4h4",
  undo: "M8.5 5L4 9.5 8.5 14M4.5 9.5H14a5 5 0 0 1 0 10h-3",
  calendar: "M4 5.5h16V20H4zM4 10h16M8.5 3.5v4M15.5 3.5v4",
  coins: "M12 3.5a8.5 8.5 0 1 0 .1 0M8.5 7.5L12 12l3.5-4.5M12 12v5M9 12.3h6M9 14.8h6",
  eye: "M2.5 12S6 5.8 12 5.8 21.5 12 21.5 12 18 18.2 12 18.2 2.5 12 2.5 12zM12 9.2a2.8 2.8 0 1 0 .1 0",
};

export type Icon = keyof typeof SHAPES;

/** A picture beside words that say the same, so screen readers pass it by. */
export function icon(name: Icon): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d=${SHAPES[name]} /></svg>`;
}
