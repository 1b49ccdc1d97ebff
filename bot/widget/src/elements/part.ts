import { type PropertyDeclarations, LitElement } from "lit";
import type { Words } from "../words/index.js";
import type { Talk } from "./talk.js";

/** Declares properties that have no attribute and draw the element anew when they change; names with spaces between them. */
export function drawn(names: string): PropertyDeclarations {
  return Object.fromEntries(names.split(" ").map((name) => [name, { attribute: false }]));
}

/** A part of the chat. It renders into the chat's own shadow root, so one style sheet, one tree of ids and `::part` reach it. */
export class ChatPart extends LitElement {
  static override properties = drawn("talk");

  talk!: Talk;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected get words(): Words {
    return this.talk.words;
  }
}

/** Registers an element, once, even when the script is on the page twice. */
export function define(name: string, element: CustomElementConstructor): void {
  if (!customElements.get(name)) customElements.define(name, element);
}

/** Whether an input method is composing: then Enter confirms its suggestion and Escape takes it back, nothing more. */
export function isComposing(event: KeyboardEvent): boolean {
  // Safari ends the composition before it reports the key; only the old key code, 229, still tells.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  return event.isComposing || event.keyCode === 229;
}
