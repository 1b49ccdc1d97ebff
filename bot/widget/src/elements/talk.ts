import type { ChatSession } from "../client/session.js";
import type { Store } from "../client/storage.js";
import type { Reader } from "../voice.js";
import type { Words } from "../words/index.js";

/** What the parts of the chat share with each other; a new object whenever something in it changes. */
export interface Talk {
  words: Words;
  care: boolean;
  session: ChatSession;
  /** What is remembered in this browser. */
  store: Store;
  say(text: string): void;
  tap(payload: string, title: string): void;
  /** Puts an earlier sentence back into the input. */
  edit(text: string): void;
  /** Reads aloud; null where the browser has no voice. */
  read: ((text: string) => void) | null;
}

/** Whoever speaks is not talked over: reading aloud ends then. */
export function talkOf(
  words: Words,
  care: boolean,
  session: ChatSession,
  store: Store,
  reader: Reader | null,
  edit: (text: string) => void,
): Talk {
  return {
    words,
    care,
    session,
    store,
    edit,
    say: (text) => {
      reader?.stop();
      session.say(text);
    },
    tap: (payload, title) => {
      reader?.stop();
      session.tap(payload, title);
    },
    read:
      reader &&
      ((text) => {
        reader.stop();
        reader.read(text);
      }),
  };
}
