import { type PropertyDeclarations, LitElement, type PropertyValues, unsafeCSS } from "lit";
import type { ChatSession } from "../client/session.js";
import { BrowserStore, type Store } from "../client/storage.js";
import type { TokenGiver, TokenReason } from "../client/token.js";
import styles from "../styles/all.css?inline";
import { Reader } from "../voice.js";
import { wordsFor, type Words } from "../words/index.js";
import { drawn } from "./part.js";

/** Asks the page for a token; `answer` takes it, or a promise of it, or null for a guest. */
export interface TokenNeeded {
  reason: TokenReason;
  answer(token: string | null | Promise<string | null>): void;
}

/** Text sizes of care mode, in px at a browser's usual size; they grow with the borrower's own setting. */
export const CARE_SIZES = [18, 22, 26, 30] as const;

/** What a page tells the chat, and what the borrower chose on this device: care mode, size of letters, reading aloud. */
export abstract class ChatSettings extends LitElement {
  static override properties: PropertyDeclarations = {
    server: {},
    token: {},
    lang: {},
    theme: {},
    heading: {},
    open: { type: Boolean, reflect: true },
    care: { type: Boolean },
    eager: { type: Boolean },
    closable: { type: Boolean },
    noDictation: { type: Boolean, attribute: "no-dictation" },
    ...drawn("getToken inCare size reading menu tuckedAway slow"),
  };

  static override styles = unsafeCSS(styles);

  server = "";
  token: string | null = null;
  override lang = "";
  theme: "light" | "dark" | "auto" = "auto";
  heading = "";
  open = false;
  care = false;
  eager = false;
  closable = false;
  noDictation = false;
  /** Gives a fresh token whenever one is needed; takes the place of `token`. */
  getToken: TokenGiver | null = null;

  protected inCare = false;
  protected size = 0;
  protected reading = false;
  protected tuckedAway = false;
  protected store: Store = new BrowserStore();
  protected session: ChatSession | null = null;
  protected reader: Reader | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.tuckedAway = this.store.get("huanban.hidden") !== null;
    this.size = Math.min(Number(this.store.get("huanban.size") ?? 0) || 0, CARE_SIZES.length - 1);
    this.reading = this.store.get("huanban.reading") !== null;
    this.inCare = this.chosenCare ?? this.care;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("lang") || !this.reader) this.reader = Reader.of(this.words.speech);
  }

  protected get words(): Words {
    return wordsFor(this.lang || document.documentElement.lang);
  }

  /** What was chosen on this device; null when nothing was. */
  protected get chosenCare(): boolean | null {
    const chosen = this.store.get("huanban.care");
    return chosen === null ? null : chosen === "1";
  }

  protected setCare(on: boolean): void {
    if (on === this.inCare && this.chosenCare === on) return;
    this.inCare = on;
    this.store.set("huanban.care", on ? "1" : "0");
    this.session?.setCareMode(on);
    if (!on) this.setReading(false);
    this.fire("huanban-care", { on });
  }

  protected resize(step: number): void {
    this.size = Math.min(Math.max(this.size + step, 0), CARE_SIZES.length - 1);
    this.store.set("huanban.size", String(this.size));
  }

  protected setReading(on: boolean): void {
    this.reading = on;
    if (on) this.store.set("huanban.reading", "1");
    else {
      this.store.remove("huanban.reading");
      this.reader?.stop();
    }
  }

  /** The page's token, or what it answers when it is asked for one. */
  protected async tokenFor(reason: TokenReason): Promise<string | null> {
    if (this.getToken) return this.getToken(reason);
    if (this.token !== null && reason === "first") return this.token;
    let answer: string | null | Promise<string | null> = this.token;
    this.fire("huanban-token-needed", {
      reason,
      answer: (token) => (answer = token),
    } satisfies TokenNeeded);
    return answer;
  }

  protected fire(name: string, detail: object): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}
