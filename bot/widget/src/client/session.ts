import { ServerClock } from "./clock.js";
import { Connection, type Line, type Refusal } from "./connection.js";
import { History } from "./history.js";
import { guestToken, sendEvidence, transcript, type Evidence } from "./http.js";
import { Outbox } from "./outbox.js";
import type { Ack, Hello, Message, Outgoing } from "./protocol.js";
import { pause, toSay, uuid, type Pending } from "./sending.js";
import type { Store } from "./storage.js";
import { whoOf, type TokenGiver, type TokenReason } from "./token.js";

const GUEST_KEY = "huanban.guest";
const USED_KEY = "huanban.used";
const LONGEST_WAIT_MS = 30_000;

export interface SessionOptions {
  server: string;
  /** The lender's token; null or absent makes the borrower a guest. */
  token: TokenGiver;
  /** Outlives the page. */
  store: Store;
  /** Ends with the tab: keeps a guest's token. */
  tabStore: Store;
}

/**
 * One borrower's conversation, whatever the line does meanwhile.
 * @fires change - something to be shown anew
 * @fires incoming - `detail`: messages that have just arrived, not history
 */
export class ChatSession extends EventTarget {
  line: Line = "idle";
  refusal: Refusal | null = null;
  typing = false;
  guest = false;
  /** Whether the first `hello` has come, so that what is shown is the conversation. */
  greeted = false;
  /** What the server remembers of care mode; null before it said so. */
  careMode: boolean | null = null;
  /** Whom the token names, as a key; null before there is one. */
  who: string | null = null;
  pending: Pending[] = [];
  readonly clock = new ServerClock();

  #history = new History();
  #connection: Connection;
  #outbox: Outbox | null = null;
  #token: string | null = null;
  #flushing = false;
  #unsentCare: boolean | null = null;

  constructor(private readonly options: SessionOptions) {
    super();
    this.#connection = new Connection(
      options.server,
      (reason) => this.#tokenFor(reason),
      () => this.#history.lastId,
      {
        line: (line, refusal) => this.#lineIs(line, refusal),
        hello: (hello) => this.#greet(hello),
        messages: (messages) => this.#receive(messages),
        typing: (on) => {
          this.typing = on;
          this.#changed();
        },
        read: (id) => {
          this.#readUpTo(id);
          this.#changed();
        },
      },
    );
  }

  get messages(): readonly Message[] {
    return this.#history.messages;
  }

  get unread(): number {
    return this.greeted ? this.#history.unreadAfter(this.#readId) : 0;
  }

  /** Whether a conversation was opened in this browser before. */
  get used(): boolean {
    return this.options.store.get(USED_KEY) !== null;
  }

  open(): void {
    this.options.store.set(USED_KEY, "1");
    this.#connection.open();
  }

  close(): void {
    this.#connection.close();
    this.line = "idle";
  }

  reconnect(): void {
    this.refusal = null;
    this.#connection.reconnect();
  }

  say(text: string): void {
    const said = text.trim();
    if (said) this.#post({ text: said });
  }

  tap(payload: string, title: string): void {
    this.#post({ payload, title });
  }

  /** Sends a refused or stale message again, as a new one. */
  again(entry: Pending): void {
    this.discard(entry);
    this.#post(entry.payload ? { payload: entry.payload, title: entry.title ?? "" } : { text: entry.text ?? "" });
  }

  discard(entry: Pending): void {
    this.#settle(entry.id);
    this.#changed();
  }

  /** Everything up to here has been seen. */
  markRead(): void {
    const id = this.#history.lastId;
    if (id === null || this.who === null || id <= (this.#readId ?? "")) return;
    this.#readUpTo(id);
    this.#connection.tell("read", { id });
    this.#changed();
  }

  setCareMode(on: boolean): void {
    this.careMode = on;
    this.#unsentCare = on;
    this.#sendCare();
  }

  async rate(score: number, text: string): Promise<boolean> {
    return (await this.#connection.ask("rate", text ? { score, text } : { score })).ok;
  }

  async sendEvidence(file: File, requestId: string): Promise<Evidence> {
    return sendEvidence(this.options.server, (await this.#currentToken()) ?? "", file, requestId);
  }

  async transcript(): Promise<Blob> {
    return transcript(this.options.server, (await this.#currentToken()) ?? "");
  }

  #readUpTo(id: string): void {
    if (this.who !== null && id > (this.#readId ?? "")) this.options.store.set(`huanban.read.${this.who}`, id);
  }

  get #readId(): string | null {
    return this.who === null ? null : this.options.store.get(`huanban.read.${this.who}`);
  }

  #post(what: Pick<Outgoing, "text" | "payload" | "title">): void {
    const entry: Pending = { id: uuid(), at: new Date().toISOString(), ...what };
    this.#outbox?.add(entry);
    this.pending = [...this.pending, entry];
    this.#changed();
    void this.#flush();
  }

  /** Sends what waits, one after the other, each until the server has confirmed it. */
  async #flush(): Promise<void> {
    if (this.#flushing) return;
    this.#flushing = true;
    try {
      for (let wait = 1_000; this.#connection.online;) {
        const entry = this.pending.find((candidate) => !candidate.problem);
        if (!entry) return;
        let ack: Ack<{ message: Message }>;
        try {
          ack = await this.#connection.ask("say", toSay(entry));
        } catch {
          await pause(wait); // should the line be down by then, the next hello goes on

          wait = Math.min(wait * 2, LONGEST_WAIT_MS);
          continue;
        }
        if (ack.ok) {
          wait = 1_000;
          this.#settle(entry.id);
          this.#history.merge([ack.message]);
        } else if (ack.problem.status === 400 || ack.problem.status === 413) {
          this.#outbox?.remove(entry.id);
          this.pending = this.pending.map((p) => (p.id === entry.id ? { ...p, problem: ack.problem } : p));
        } else {
          if (ack.problem.status === 401) await this.#tokenFor("renew");
          const asked = (ack.problem.retry_after_seconds ?? 0) * 1_000;
          await pause(Math.max(asked, wait));
          wait = Math.min(wait * 2, LONGEST_WAIT_MS);
        }
        this.#changed();
      }
    } finally {
      this.#flushing = false;
    }
  }

  #greet(hello: Hello): void {
    const first = !this.greeted;
    this.greeted = true;
    this.clock.setBy(hello.now);
    this.guest = hello.guest;
    this.careMode = this.#unsentCare ?? hello.care_mode;
    this.typing = false;
    if (hello.read) this.#readUpTo(hello.read);
    const fresh = this.#history.merge(hello.messages);
    for (const message of fresh) this.#settle(message.client_id);
    if (first) this.#recover();
    this.#sendCare();
    if (!first && fresh.length) this.#incoming(fresh);
    this.#changed();
    void this.#flush();
  }

  /** What an earlier page could not send any more. */
  #recover(): void {
    if (!this.#outbox) return;
    const said = new Set(this.messages.map((message) => message.client_id));
    const known = new Set(this.pending.map((entry) => entry.id));
    this.pending = [...this.#outbox.left(said).filter(({ id }) => !known.has(id)), ...this.pending];
  }

  #receive(messages: Message[]): void {
    const fresh = this.#history.merge(messages);
    for (const message of fresh) this.#settle(message.client_id);
    if (fresh.some((message) => message.from === "bot")) this.typing = false;
    if (fresh.length) this.#incoming(fresh);
    this.#changed();
  }

  #settle(clientId: string | undefined): void {
    if (clientId === undefined) return;
    this.#outbox?.remove(clientId);
    this.pending = this.pending.filter((entry) => entry.id !== clientId);
  }

  #sendCare(): void {
    const on = this.#unsentCare;
    if (on === null || !this.#connection.online) return;
    this.#connection.ask("care_mode", { on }).then(
      () => (this.#unsentCare = null),
      () => undefined, // said again with the next hello
    );
  }

  #lineIs(line: Line, refusal?: Refusal): void {
    this.line = line;
    this.refusal = refusal ?? null;
    if (line !== "online") this.typing = false;
    this.#changed();
  }

  async #currentToken(): Promise<string | null> {
    return this.#token ?? this.#tokenFor("first");
  }

  /** A token to connect with; null when none is to be had now. */
  async #tokenFor(reason: TokenReason): Promise<string | null> {
    try {
      const token = (await this.options.token(reason)) ?? (await this.#asGuest(reason));
      this.#identify(token);
      return token;
    } catch {
      return null;
    }
  }

  /** A guest who is refused becomes another guest; one whose time runs out stays who they are until then. */
  async #asGuest(reason: TokenReason): Promise<string> {
    const kept = this.options.tabStore.get(GUEST_KEY);
    if (kept && reason !== "refused") return kept;
    const token = await guestToken(this.options.server);
    this.options.tabStore.set(GUEST_KEY, token);
    return token;
  }

  /** Another borrower at the same page sees nothing of the one before. */
  #identify(token: string): void {
    this.#token = token;
    const who = whoOf(token);
    if (who === this.who) return;
    const changed = this.who !== null;
    this.who = who;
    this.#outbox = new Outbox(this.options.store, who);
    if (changed) {
      this.#history.clear();
      this.pending = [];
      this.greeted = false;
    }
    for (const entry of this.pending) this.#outbox.add(entry);
    this.#changed();
  }

  #incoming(messages: Message[]): void {
    this.dispatchEvent(new CustomEvent("incoming", { detail: messages }));
  }

  #changed(): void {
    this.dispatchEvent(new Event("change"));
  }
}
