import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { Message } from "../client/protocol.js";
import { ChatSession } from "../client/session.js";
import { Silence } from "../client/silence.js";
import { BrowserStore, type Store } from "../client/storage.js";
import { whoOf } from "../client/token.js";
import { announce } from "../views/announcer.js";
import { icon } from "../views/icons.js";
import { careBar, header, notices } from "../views/panel.js";
import { WORDS_EVENT } from "../words/index.js";
import "./amount.js";
import "./calendar.js";
import "./comparison.js";
import "./composer.js";
import type { ComposerElement } from "./composer.js";
import "./log.js";
import type { LogElement } from "./log.js";
import "./menu.js";
import { define, isComposing } from "./part.js";
import "./plan.js";
import "./rating.js";
import { CARE_SIZES, ChatSettings } from "./settings.js";
import { talkOf, type Talk } from "./talk.js";
import "./undo.js";
import "./upload.js";
import { deepActive, fitWindow, showWindow, watchWindow } from "./window.js";

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
 * @fires huanban-token-needed - `detail`: see `TokenNeeded` in settings.ts
 * @fires huanban-message - `detail.message` has arrived
 * @fires huanban-care - `detail.on`: care mode was switched
 * @fires huanban-launcher-hidden - the borrower put the launcher away for good
 */
export class ChatElement extends ChatSettings {
  private menu = false;
  private slow = false;

  #tabStore: Store = new BrowserStore("sessionStorage");
  #talk: Talk | null = null;
  #openedFrom: HTMLElement | null = null;
  #dark = matchMedia("(prefers-color-scheme: dark)");
  #unwatch: (() => void) | undefined;
  #silence = new Silence((slow) => (this.slow = slow));
  #unread = 0;

  /** How many messages of the bot's have not been seen. */
  get unread(): number {
    return this.open ? 0 : (this.session?.unread ?? 0);
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
    this.#unwatch = watchWindow(
      () => this.open && showWindow(this.#dialog),
      () => fitWindow(this.#dialog),
    );
    this.#dark.addEventListener("change", this.#redraw);
    document.addEventListener("visibilitychange", this.#redraw);
    document.addEventListener(WORDS_EVENT, this.#redraw);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unwatch?.();
    this.#dark.removeEventListener("change", this.#redraw);
    document.removeEventListener("visibilitychange", this.#redraw);
    document.removeEventListener(WORDS_EVENT, this.#redraw);
    this.session?.close();
    this.session = null;
    this.reader?.stop();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    if (!this.session || changed.has("server") || changed.has("getToken")) this.#begin();
    else if (changed.has("token")) this.#tokenChanged(changed.get("token") ?? null);
    const { session, words, inCare: care } = this;
    if (!session || (this.#talk?.words === words && this.#talk.care === care && this.#talk.session === session)) return;
    this.#talk = talkOf(words, care, session, this.store, this.reader, (text) => this.#edit(text));
  }

  protected override render(): TemplateResult {
    const { words, open, session, unread } = this;
    const dark = this.theme === "dark" || (this.theme !== "light" && this.#dark.matches);
    return html`<div
      class="root ${this.inCare ? `care care-${this.size}` : ""} ${open ? "is-open" : ""}"
      role="region"
      aria-label=${words.launcher}
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
    if (this.open && document.visibilityState === "visible") this.session?.markRead();
    const { unread } = this;
    if (unread !== this.#unread) {
      this.#unread = unread;
      this.fire("huanban-unread", { count: unread });
    }
  }

  #panel(session: ChatSession, talk: Talk): TemplateResult {
    const { words, reader } = this;
    const reading = reader && this.reading;
    return html`<div class="sheet" ?inert=${this.menu}>
        ${header(words, this.heading, this.inCare, this.#act)}
        ${
          this.inCare
            ? careBar(
                words,
                this.size,
                CARE_SIZES.length - 1,
                reading,
                (step) => this.resize(step),
                (on) => this.setReading(on),
              )
            : nothing
        }
        ${notices(session, words)}
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
          .draft=${this.#tabStore.get(this.#draftKey) ?? ""}
          .keep=${this.#keepDraft}
        ></huanban-composer>
      </div>
      ${
        this.menu
          ? html`<huanban-menu .talk=${talk} .reading=${reading} .closable=${this.closable} .act=${this.#act}></huanban-menu>`
          : nothing
      }`;
  }

  /** A conversation from the start, for a new server, another giver of tokens or another borrower. */
  #begin(): void {
    const wasOpen = this.session !== null && this.session.line !== "idle";
    if (this.session?.greeted && this.#composer) this.#composer.draft = "";
    this.session?.close();
    const session = new ChatSession({
      server: (this.server || location.origin).replace(/\/$/, ""),
      token: (reason) => this.tokenFor(reason),
      store: this.store,
      tabStore: this.#tabStore,
    });
    session.addEventListener("change", () => this.#changed(session));
    session.addEventListener("incoming", (event) => this.#incoming((event as CustomEvent<Message[]>).detail));
    this.session = session;
    if (this.eager || this.open || wasOpen || session.used) session.open();
  }

  #tokenChanged(before: string | null): void {
    const same = before !== null && this.token !== null && whoOf(before) === whoOf(this.token);
    if (!same) this.#begin();
    else if (this.session?.line === "refused") this.session.reconnect();
  }

  #changed(session: ChatSession): void {
    if (session !== this.session) return;
    const chosen = this.chosenCare;
    if (session.greeted && session.careMode !== null) {
      if (chosen === null) this.inCare = session.careMode || this.care;
      else if (chosen !== session.careMode) session.setCareMode(chosen);
    }
    this.#silence.watch(session);
    this.requestUpdate();
  }

  #incoming(messages: Message[]): void {
    for (const message of messages) {
      this.fire("huanban-message", { message });
      if (message.from !== "bot") continue;
      if (message.card?.type === "care_mode") this.setCare(message.card.on);
      if (this.open) announce(this.#find(".announcer"), message, this.words);
      if (this.open && this.reading && message.text) this.reader?.read(message.text);
    }
  }

  #edit(text: string): void {
    this.#keepDraft(text);
    if (!this.#composer) return;
    this.#composer.draft = text;
    this.#composer.input?.focus();
  }

  /** Whose it is, so that the next borrower at this computer does not find it. */
  get #draftKey(): string {
    return `huanban.draft.${this.session?.who ?? ""}`;
  }

  #keepDraft = (draft: string): void => {
    if (draft && this.session?.who) this.#tabStore.set(this.#draftKey, draft);
    else this.#tabStore.remove(this.#draftKey);
  };

  #act = (what: "care" | "read" | "menu" | "hide" | "close" | "shut"): void => {
    if (what === "care") this.setCare(!this.inCare);
    else if (what === "read") this.setReading(!this.reading);
    else if (what === "menu") this.menu = true;
    else if (what === "close") this.hide();
    else {
      this.menu = false;
      void this.updateComplete.then(() => this.#find('.sheet [aria-haspopup="dialog"]')?.focus());
      if (what === "shut") return;
      this.tuckedAway = true;
      this.store.set("huanban.hidden", "1");
      this.fire("huanban-launcher-hidden", {});
      this.hide();
    }
  };

  #shown(): void {
    this.#openedFrom = deepActive();
    this.session?.open();
    showWindow(this.#dialog);
    (this.#find("huanban-log") as LogElement | null)?.toEnd();
    // No keyboard should spring up under the finger that opened the panel.
    const touch = matchMedia("(pointer: coarse)").matches;
    void this.#composer?.updateComplete.then(() => (touch ? this.#find("#huanban-title") : this.#composer?.input)?.focus());
    this.fire("huanban-open", {});
  }

  #putAway(): void {
    this.#dialog?.close();
    this.menu = false;
    this.#find(".announcer")?.replaceChildren();
    this.reader?.stop();
    const back = this.#openedFrom?.isConnected && this.#openedFrom !== document.body ? this.#openedFrom : this.#find(".launcher");
    back?.focus();
    this.fire("huanban-close", {});
  }

  #find(selector: string): HTMLElement | null {
    return this.renderRoot.querySelector(selector);
  }

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector("dialog");
  }

  get #composer(): ComposerElement | null {
    return this.renderRoot.querySelector("huanban-composer");
  }

  #redraw = (): void => this.requestUpdate();

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
    this.#act(this.menu ? "shut" : "close");
  }
}

define("huanban-chat", ChatElement);
