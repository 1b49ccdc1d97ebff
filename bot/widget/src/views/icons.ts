import { html, svg, type SVGTemplateResult, type TemplateResult } from "lit";

/** Drawn on a grid of 24, in the colour of the text beside them. */
const SHAPES: Record<string, SVGTemplateResult> = {
  chat: svg`<path d="M4 5.5h16v11H11l-4.5 3.5v-3.5H4z"/><path d="M8 9.5h8M8 12.8h5"/>`,
  close: svg`<path d="M6 6l12 12M18 6L6 18"/>`,
  send: svg`<path d="M12 19V5M6 11l6-6 6 6"/>`,
  mic: svg`<rect x="9" y="3.5" width="6" height="11" rx="3"/><path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3"/>`,
  stop: svg`<rect x="7" y="7" width="10" height="10" rx="1.5"/>`,
  more: svg`<path d="M5 7h14M5 12h14M5 17h14"/>`,
  clock: svg`<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5.3l3.3 2"/>`,
  warn: svg`<path d="M12 4l9 16H3z"/><path d="M12 10v4.5M12 17.2v.3"/>`,
  check: svg`<path d="M4.5 12.5l5 5 10-11"/>`,
  sound: svg`<path d="M4 9.5v5h3.5L12 18.5v-13L7.5 9.5z"/><path d="M15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11"/>`,
  left: svg`<path d="M14.5 5.5L8 12l6.5 6.5"/>`,
  right: svg`<path d="M9.5 5.5L16 12l-6.5 6.5"/>`,
  down: svg`<path d="M12 5v13M6 12.5l6 6 6-6"/>`,
  minus: svg`<path d="M5 12h14"/>`,
  plus: svg`<path d="M5 12h14M12 5v14"/>`,
  lock: svg`<rect x="5" y="10.5" width="14" height="9.5" rx="1.5"/><path d="M8 10.5V8a4 4 0 0 1 8 0v2.5"/>`,
  file: svg`<path d="M6.5 3.5H14l4 4v13H6.5z"/><path d="M14 3.5v4h4M9.5 12h5M9.5 15.5h5"/>`,
  undo: svg`<path d="M8.5 5L4 9.5 8.5 14"/><path d="M4.5 9.5H14a5 5 0 0 1 0 10h-3"/>`,
  calendar: svg`<rect x="4" y="5.5" width="16" height="14.5" rx="1.5"/><path d="M4 10h16M8.5 3.5v4M15.5 3.5v4"/>`,
  coins: svg`<circle cx="12" cy="12" r="8.5"/><path d="M8.5 7.5l3.5 4.5 3.5-4.5M12 12v5M9 12.3h6M9 14.8h6"/>`,
  eye: svg`<path d="M2.5 12S6 5.8 12 5.8 21.5 12 21.5 12 18 18.2 12 18.2 2.5 12 2.5 12z"/><circle cx="12" cy="12" r="2.8"/>`,
};

/** A picture beside words that say the same, so screen readers pass it by. */
export function icon(name: keyof typeof SHAPES): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${SHAPES[name]}</svg>`;
}
