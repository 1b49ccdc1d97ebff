import { type PropertyDeclarations, html, LitElement, nothing, unsafeCSS, type PropertyValues, type TemplateResult } from "lit";
import type { Message } from "../client/protocol.js";
import { ChatSession } from "../client/session.js";
import { BrowserStore, type Store } from "../client/storage.js";
import { whoOf, type TokenGiver, type TokenReason } from "../client/token.js";
import styles from "../styles/all.css?inline";
import { icon } from "../views/icons.js";
import { Reader } from "../voice.js";
import { WORDS_EVENT, wordsFor, type Words } from "../words/index.js";
import "./amount.js";
import "./calendar.js";
import "./comparison.js";
import "./composer.js";
import type { ComposerElement } from "./composer.js";
import "./log.js";
import type { LogElement } from "./log.js";
import "./menu.js";
import { define, isComposing, type Talk } from "./part.js";
import "./plan.js";
import "./rating.js";
import "./undo.js";
import "./upload.js";

/** Text sizes of care mode, in px at a browser's usual size; they grow with the borrower's own setting. */
export const CARE_SIZES = [18, 22, 26, 30] as const;
const PHONE = "(max-width: 480px), (max-height: 420px)";
const SLOW_MS = 20_000;
const ANNOUNCED_AT_ONCE = 12;

/** Asks the page for a token; `answer` takes it, or a promise of it, or null for a guest. */
export interface TokenNeeded {
  reason: TokenReason;
  answer(token: string | null | Promise<string | null>): void;
}

/**
 * The chat with the bot: a launcher, and the conversation behind it. `docs/widget.md` documents it for lenders.
 *
 * @attr server - where the bot is; the page's own origin when absent
 * @attr token - the lender's token for the borrower who is logged in
 * @attr lang - language of the widget's own words: zh-Hans, zh-Hant, en
 * @attr theme - light, dark, or as the system is
 * @attr heading - the name in the header
 * @attr open - whether the conversation is shown
 * @attr care - begin in care mode on a device where nothing was chosen yet
 * @attr eager - connect before the conversation is first opened
 * @attr closable - the borrower may hide the launcher for good; the page has another way in that calls `show()`
 * @attr no-dictation - no microphone
 * @fires huanban-open - the conversation is shown
 * @fires huanban-close - the conversation is put away
 * @fires huanban-unread - `detail.count` messages have not been seen
 * @fires huanban-token-needed - `detail`: see `TokenNeeded`
 * @fires huanban-message - `detail.message` has arrived
 * @fires huanban-care - `detail.on`: care mode was switched
 * @fires huanban-launcher-hidden - the borrower put the launcher away for good
 */
export class ChatElement extends LitElement {
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
    getToken: { attribute: false },
    inCare: { state: true },
    size: { state: true },
    reading: { state: true },
    menu: { state: true },
    tuckedAway: { state: true },
    slow: { state: true },
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

  private inCare = false;
  private size = 0;
  private reading = false;
  private menu = false;
  private tuckedAway = false;
  private slow = false;
  private get dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector("dialog");
  }
  private get log(): LogElement | null {
    return this.renderRoot.querySelector("huanban-log");
  }
  private get composer(): ComposerElement | null {
    return this.renderRoot.querySelector("huanban-composer");
  }
  private get launcher(): HTMLElement | null {
    return this.renderRoot.querySelector(".launcher");
  }
  private get announcer(): HTMLElement | null {
    return this.renderRoot.querySelector(".announcer");
  }

  #store: Store = new BrowserStore();
  #tabStore: Store = new BrowserStore("sessionStorage");
  #session: ChatSession | null = null;
  #talk: Talk | null = null;
  #reader: Reader | null = null;
  #openedFrom: HTMLElement | null = null;
  #phone = matchMedia(PHONE);
  #dark = matchMedia("(prefers-color-scheme: dark)");
  #slowTimer: ReturnType<typeof setTimeout> | undefined;
  #waitingFor: string | undefined;
  #unread = 0;

  /** How many messages of the bot's have not been seen. */
  get unread(): number {
    return this.open ? 0 : (this.#session?.unread ?? 0);
  }

  /** Shows the conversation. */
  show(): void {
    this.open = true;
  }

  /** Puts the conversation away; the focus returns to where it was. */
  hide(): void {
    this.open = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.tuckedAway = this.#store.get("huanban.hidden") !== null;
    this.size = Math.min(Number(this.#store.get("huanban.size") ?? 0) || 0, CARE_SIZES.length - 1);
    this.reading = this.#store.get("huanban.reading") !== null;
    this.inCare = this.#chosenCare ?? this.care;
    this.#phone.addEventListener("change", this.#reopen);
    this.#dark.addEventListener("change", this.#redraw);
    document.addEventListener("visibilitychange", this.#redraw);
    document.addEventListener(WORDS_EVENT, this.#redraw);
    window.visualViewport?.addEventListener("resize", this.#fit);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#phone.removeEventListener("change", this.#reopen);
    this.#dark.removeEventListener("change", this.#redraw);
    document.removeEventListener("visibilitychange", this.#redraw);
    document.removeEventListener(WORDS_EVENT, this.#redraw);
    window.visualViewport?.removeEventListener("resize", this.#fit);
    this.#session?.close();
    this.#session = null;
    this.#reader?.stop();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!this.#session || changed.has("server") || changed.has("getToken")) this.#begin();
    else if (changed.has("token")) this.#tokenChanged(changed.get("token") ?? null);
    if (changed.has("lang") || !this.#reader) this.#reader = Reader.of(this.words.speech);
    const session = this.#session;
    if (!session) return;
    const { words } = this;
    if (this.#talk?.words !== words || this.#talk.care !== this.inCare || this.#talk.session !== session) {
      const reader = this.#reader;
      this.#talk = {
        words,
        care: this.inCare,
        session,
        say: (text) => this.#say(text),
        tap: (payload, title) => this.#tap(payload, title),
        edit: (text) => this.#edit(text),
        read:
          reader &&
          ((text) => {
            reader.stop();
            reader.read(text);
          }),
      };
    }
  }

  protected override render(): TemplateResult {
    const { words, open } = this;
    const session = this.#session;
    const dark = this.theme === "dark" || (this.theme !== "light" && this.#dark.matches);
    const unread = this.unread;
    return html`<div
      class="root ${this.inCare ? `care care-${this.size}` : ""} ${open ? "is-open" : ""}"
      data-theme=${dark ? "dark" : "light"}
      lang=${words.lang}
    >
      <p class="sr" role="status">${!open && unread ? words.arrived(unread) : nothing}</p>
      ${
        this.tuckedAway
          ? nothing
          : html`<button
              class="launcher"
              part="launcher"
              aria-haspopup="dialog"
              aria-expanded=${open}
              aria-label=${words.open(unread)}
              @click=${() => this.show()}
            >
              ${icon("chat")}<span>${words.launcher}</span>
              ${unread ? html`<b class="badge" part="badge">${unread > 99 ? "99+" : unread}</b>` : nothing}
            </button>`
      }
      <dialog class="panel" part="panel" aria-labelledby="huanban-title" @cancel=${this.#cancel} @keydown=${this.#key}>
        ${open && session && this.#talk ? this.#panel(session, this.#talk) : nothing}
        <div class="announcer sr" aria-live="polite" aria-relevant="additions"></div>
      </dialog>
    </div>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("open")) {
      if (this.open) this.#shown();
      else if (changed.get("open")) this.#putAway();
    }
    if (this.open && document.visibilityState === "visible") this.#session?.markRead();
    const { unread } = this;
    if (unread !== this.#unread) {
      this.#unread = unread;
      this.#fire("huanban-unread", { count: unread });
    }
  }

  private get words(): Words {
    return wordsFor(this.lang || document.documentElement.lang);
  }

  get #chosenCare(): boolean | null {
    const chosen = this.#store.get("huanban.care");
    return chosen === null ? null : chosen === "1";
  }

  #panel(session: ChatSession, talk: Talk): TemplateResult {
    const { words } = this;
    return html`<div class="sheet" ?inert=${this.menu}>
        <header class="header" part="header">
          <div class="who">
            <h2 class="title" id="huanban-title" tabindex="-1">${this.heading || words.name}</h2>
            <p class="subtitle">${words.automatic}</p>
          </div>
          <button
            class="button care-switch"
            part="button care"
            aria-pressed=${this.inCare}
            @click=${() => this.#setCare(!this.inCare)}
          >
            ${icon("eye")}<span>${this.inCare ? words.careOff : words.care}</span>
          </button>
          <button
            class="button icon-button"
            part="button"
            aria-label=${words.menu}
            aria-haspopup="dialog"
            @click=${() => (this.menu = true)}
          >
            ${icon("more")}
          </button>
          <button class="button icon-button close" part="button close" aria-label=${words.close} @click=${() => this.hide()}>
            ${icon("close")}
          </button>
        </header>
        ${this.inCare ? this.#careBar() : nothing} ${this.#notices(session)}
        <huanban-log
          .talk=${talk}
          .messages=${session.messages}
          .pending=${session.pending}
          .typing=${session.typing}
          .slow=${this.slow}
        ></huanban-log>
        <huanban-composer
          .talk=${talk}
          .dictates=${!this.noDictation}
          .draft=${this.#tabStore.get("huanban.draft") ?? ""}
          .keep=${this.#keepDraft}
        ></huanban-composer>
      </div>
      ${
        this.menu
          ? html`<huanban-menu
              .talk=${talk}
              .reading=${this.reading}
              .canRead=${this.#reader !== null}
              .closable=${this.closable}
              .act=${this.#act}
            ></huanban-menu>`
          : nothing
      }`;
  }

  #careBar(): TemplateResult {
    const { words } = this;
    const last = CARE_SIZES.length - 1;
    return html`<div class="care-bar" part="care-bar" role="group" aria-label=${words.care}>
      <button class="button" part="button" aria-disabled=${this.size === 0} @click=${() => this.#resize(-1)}>
        ${words.smaller}
      </button>
      <button class="button" part="button" aria-disabled=${this.size === last} @click=${() => this.#resize(1)}>
        ${words.larger}
      </button>
      ${
        this.#reader
          ? html`<button
              class="button"
              part="button"
              role="switch"
              aria-checked=${this.reading}
              @click=${() => this.#setReading(!this.reading)}
            >
              ${icon("sound")}<span>${words.readAloud} ${this.reading ? words.on : words.off}</span>
            </button>`
          : nothing
      }
    </div>`;
  }

  #notices(session: ChatSession): TemplateResult {
    const { words } = this;
    const { line, refusal } = session;
    const trouble =
      line === "refused" && refusal
        ? words.line[refusal]
        : line === "offline"
          ? words.line.offline
          : line === "connecting"
            ? words.line.connecting
            : null;
    return html`<div class="notices" part="notices" role="status">
      ${
        trouble === null
          ? nothing
          : html`<p class="notice ${line === "connecting" ? "" : "notice-warn"}">
              ${icon(line === "connecting" ? "clock" : "warn")}<span>${trouble}</span>
              ${
                line === "refused"
                  ? html`<button class="button" part="button" @click=${() => session.reconnect()}>${words.tryAgain}</button>`
                  : nothing
              }
            </p>`
      }
      ${session.greeted && session.guest ? html`<p class="notice">${words.guest}</p>` : nothing}
    </div>`;
  }

  /** A conversation from the start, for a new server, another giver of tokens or another borrower. */
  #begin(): void {
    const wasOpen = this.#session !== null && this.#session.line !== "idle";
    this.#session?.close();
    const session = new ChatSession({
      server: (this.server || location.origin).replace(/\/$/, ""),
      token: (reason) => this.#askForToken(reason),
      store: this.#store,
      tabStore: this.#tabStore,
    });
    session.addEventListener("change", () => this.#changed(session));
    session.addEventListener("incoming", (event) => this.#incoming((event as CustomEvent<Message[]>).detail));
    this.#session = session;
    if (this.eager || this.open || wasOpen || session.used) session.open();
  }

  #tokenChanged(before: string | null): void {
    const same = before !== null && this.token !== null && whoOf(before) === whoOf(this.token);
    if (!same) this.#begin();
    else if (this.#session?.line === "refused") this.#session.reconnect();
  }

  async #askForToken(reason: TokenReason): Promise<string | null> {
    if (this.getToken) return this.getToken(reason);
    if (this.token !== null && reason === "first") return this.token;
    let answer: string | null | Promise<string | null> = this.token;
    this.#fire("huanban-token-needed", {
      reason,
      answer: (token) => (answer = token),
    } satisfies TokenNeeded);
    return answer;
  }

  #changed(session: ChatSession): void {
    if (session !== this.#session) return;
    const chosen = this.#chosenCare;
    if (session.greeted && session.careMode !== null) {
      if (chosen === null) this.inCare = session.careMode || this.care;
      else if (chosen !== session.careMode) session.setCareMode(chosen);
    }
    this.#watchForSilence(session);
    this.requestUpdate();
  }

  /** Tells, after a while, that a message did arrive although no answer has come. */
  #watchForSilence(session: ChatSession): void {
    const last = session.messages[session.messages.length - 1];
    const waitingFor = last?.from === "borrower" && session.line === "online" ? last.id : undefined;
    if (waitingFor === this.#waitingFor) return;
    this.#waitingFor = waitingFor;
    this.slow = false;
    clearTimeout(this.#slowTimer);
    if (waitingFor) this.#slowTimer = setTimeout(() => (this.slow = true), SLOW_MS);
  }

  #incoming(messages: Message[]): void {
    for (const message of messages) {
      this.#fire("huanban-message", { message });
      if (message.from !== "bot") continue;
      if (message.card?.type === "care_mode") this.#setCare(message.card.on);
      if (this.open) this.#announce(message);
      if (this.open && this.reading && message.text) this.#reader?.read(message.text);
    }
  }

  /** Each message once, in a live region of its own, so that neither history nor a redrawn list is read out. */
  #announce(message: Message): void {
    const titles = message.buttons?.map((button) => button.title) ?? [];
    const said = [message.text, titles.length ? this.words.choices(titles) : ""].filter(Boolean).join("\n");
    if (!said) return;
    const { announcer } = this;
    const line = document.createElement("p");
    line.textContent = said;
    announcer?.append(line);
    if ((announcer?.childElementCount ?? 0) > ANNOUNCED_AT_ONCE) announcer?.firstElementChild?.remove();
  }

  #say(text: string): void {
    this.#reader?.stop();
    this.#session?.say(text);
  }

  #tap(payload: string, title: string): void {
    this.#reader?.stop();
    this.#session?.tap(payload, title);
  }

  #edit(text: string): void {
    this.#keepDraft(text);
    if (!this.composer) return;
    this.composer.draft = text;
    this.composer.input?.focus();
  }

  #keepDraft = (draft: string): void => {
    if (draft) this.#tabStore.set("huanban.draft", draft);
    else this.#tabStore.remove("huanban.draft");
  };

  #setCare(on: boolean): void {
    if (on === this.inCare && this.#chosenCare === on) return;
    this.inCare = on;
    this.#store.set("huanban.care", on ? "1" : "0");
    this.#session?.setCareMode(on);
    if (!on) this.#setReading(false);
    this.#fire("huanban-care", { on });
  }

  #resize(step: number): void {
    this.size = Math.min(Math.max(this.size + step, 0), CARE_SIZES.length - 1);
    this.#store.set("huanban.size", String(this.size));
  }

  #setReading(on: boolean): void {
    this.reading = on;
    if (on) this.#store.set("huanban.reading", "1");
    else {
      this.#store.remove("huanban.reading");
      this.#reader?.stop();
    }
  }

  #act = (what: "care" | "read" | "hide" | "close"): void => {
    if (what === "care") return this.#setCare(!this.inCare);
    if (what === "read") return this.#setReading(!this.reading);
    this.menu = false;
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('.sheet [aria-haspopup="dialog"]')?.focus());
    if (what === "close") return;
    this.tuckedAway = true;
    this.#store.set("huanban.hidden", "1");
    this.#fire("huanban-launcher-hidden", {});
    this.hide();
  };

  #shown(): void {
    this.#openedFrom = deepActive();
    this.#session?.open();
    // On a phone the panel is all there is to see, so what lies behind it is out of reach.
    if (this.#phone.matches) this.dialog?.showModal();
    else this.dialog?.show();
    this.#fit();
    this.log?.toEnd();
    // No keyboard should spring up under the finger that opened the panel.
    const touch = matchMedia("(pointer: coarse)").matches;
    void this.composer?.updateComplete.then(() =>
      (touch ? this.renderRoot.querySelector<HTMLElement>("#huanban-title") : this.composer?.input)?.focus(),
    );
    this.#fire("huanban-open", {});
  }

  #putAway(): void {
    this.dialog?.close();
    this.menu = false;
    this.announcer?.replaceChildren();
    this.#reader?.stop();
    const back = this.#openedFrom?.isConnected && this.#openedFrom !== document.body ? this.#openedFrom : this.launcher;
    back?.focus();
    this.#fire("huanban-close", {});
  }

  /** The same dialog, modal or not as the new size of the window asks. */
  #reopen = (): void => {
    if (!this.open) return;
    this.dialog?.close();
    if (this.#phone.matches) this.dialog?.showModal();
    else this.dialog?.show();
    this.#fit();
  };

  #redraw = (): void => this.requestUpdate();

  /** Above the on-screen keyboard. */
  #fit = (): void => {
    const view = window.visualViewport;
    if (!view || !this.open) return;
    const covered = this.#phone.matches && view.scale === 1 && window.innerHeight - view.height > 80;
    this.dialog?.style.setProperty("--seen-height", covered ? `${view.height}px` : "100%");
  };

  #cancel = (event: Event): void => {
    event.preventDefault();
    this.#back();
  };

  #key = (event: KeyboardEvent): void => {
    // Escape in the middle of an input method's composition takes back its suggestion, nothing more.
    if (event.key !== "Escape" || isComposing(event)) return;
    event.preventDefault();
    event.stopPropagation();
    this.#back();
  };

  #back(): void {
    if (this.menu) this.#act("close");
    else this.hide();
  }

  #fire(name: string, detail: object): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}

/** What has the focus, also inside other components. */
function deepActive(): HTMLElement | null {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active instanceof HTMLElement ? active : null;
}

define("huanban-chat", ChatElement);
