import { type PropertyDeclarations, LitElement } from "lit";
import type { ChatSession } from "../client/session.js";
import type { Words } from "../words/index.js";

/** What the parts of the chat share with each other; a new object whenever something in it changes. */
export interface Talk {
  words: Words;
  care: boolean;
  session: ChatSession;
  say(text: string): void;
  tap(payload: string, title: string): void;
  /** Puts an earlier sentence back into the input. */
  edit(text: string): void;
  /** Reads aloud; null where the browser has no voice. */
  read: ((text: string) => void) | null;
}

/** A part of the chat. It renders into the chat's own shadow root, so one style sheet, one tree of ids and `::part` reach it. */
export class ChatPart extends LitElement {
  static override properties: PropertyDeclarations = {
    talk: { attribute: false },
  };

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
