import { io, type Socket } from "socket.io-client";
import type { Ack, Hello, Message } from "./protocol.js";
import type { TokenGiver } from "./token.js";

/** `refused` is final until somebody does something: the reason says what. */
export type Line = "idle" | "connecting" | "online" | "offline" | "refused";
export type Refusal = "token-not-valid" | "origin-not-allowed";

export interface LineEvents {
  line(line: Line, refusal?: Refusal): void;
  hello(hello: Hello): void;
  messages(messages: Message[]): void;
  typing(on: boolean): void;
  /** Seen on another device. */
  read(id: string): void;
}

const ACK_MS = 10_000;
const RENEW_BEFORE_MS = 60_000;
/** Between two renewals, should a page give the same old token again and again. */
const RENEW_APART_MS = 20_000;
const ASLEEP_MS = 45_000;
const LONGEST_TIMER_MS = 2_000_000_000;

/** One line to the bot: keeps it up, keeps its token fresh, and says how it stands. */
export class Connection {
  #socket: Socket | null = null;
  #renewal: ReturnType<typeof setTimeout> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #refusals = 0;
  #hiddenSince = 0;

  constructor(
    private readonly server: string,
    private readonly token: TokenGiver,
    private readonly after: () => string | null,
    private readonly events: LineEvents,
  ) {}

  get online(): boolean {
    return this.#socket?.connected ?? false;
  }

  open(): void {
    if (this.#socket) return;
    const url = new URL(this.server, location.href);
    const socket = io(url.origin, {
      path: `${url.pathname.replace(/\/$/, "")}/webhooks/chat/socket.io`,
      // A web socket needs no sticky sessions where several processes serve; polling is for networks that forbid it.
      transports: ["websocket", "polling"],
      tryAllTransports: true,
      multiplex: false,
      autoConnect: false,
      reconnectionDelay: 500,
      reconnectionDelayMax: 8_000,
      timeout: ACK_MS,
      auth: (give) =>
        void this.token(this.#refusals > 0 ? "refused" : "first").then((token) => give({ token, after: this.after() })),
    });
    this.#socket = socket;
    socket.on("connect_error", (error) => this.#refused(error.message));
    socket.on("disconnect", (reason) => {
      clearTimeout(this.#renewal);
      this.events.line("offline");
      // The server ends the line of an expired token; with a fresh one it is welcome again.
      if (reason === "io server disconnect") this.#again(500);
    });
    socket.on("hello", (hello: Hello) => {
      this.#refusals = 0;
      this.#renewAt(hello.expires_at);
      this.events.hello(hello);
      this.events.line("online");
    });
    socket.on("messages", ({ messages }: { messages: Message[] }) => this.events.messages(messages));
    socket.on("typing", ({ on }: { on: boolean }) => this.events.typing(on));
    socket.on("read", ({ id }: { id: string | null }) => {
      if (id !== null) this.events.read(id);
    });
    socket.on("expired", () => void this.#renew());
    document.addEventListener("visibilitychange", this.#woken);
    window.addEventListener("online", this.#woken);
    this.events.line("connecting");
    socket.connect();
  }

  close(): void {
    clearTimeout(this.#renewal);
    clearTimeout(this.#retry);
    document.removeEventListener("visibilitychange", this.#woken);
    window.removeEventListener("online", this.#woken);
    this.#socket?.removeAllListeners();
    this.#socket?.disconnect();
    this.#socket = null;
    this.#refusals = 0;
  }

  /** Tries again at once, for example after the borrower asked for it. */
  reconnect(): void {
    this.#refusals = 0;
    this.events.line("connecting");
    this.#socket?.disconnect().connect();
  }

  /**
   * The server's answer to an event.
   * @throws when the line is down or no answer came; whether it arrived is then not known.
   */
  async ask<T>(event: string, body: object): Promise<Ack<T>> {
    if (!this.#socket?.connected) throw new Error("offline");
    return (await this.#socket.timeout(ACK_MS).emitWithAck(event, body)) as Ack<T>;
  }

  /** Tells the server something that needs no answer and may be lost. */
  tell(event: string, body: object): void {
    if (this.#socket?.connected) this.#socket.emit(event, body);
  }

  #refused(reason: string): void {
    if (reason === "origin-not-allowed") return this.events.line("refused", reason);
    if (reason === "token-not-valid") {
      this.#refusals += 1;
      if (this.#refusals > 2) return this.events.line("refused", reason);
      return this.#again(200);
    }
    this.events.line("offline");
    if (!this.#socket?.active) this.#again(4_000);
  }

  #again(milliseconds: number): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#socket?.connect(), milliseconds);
  }

  #renewAt(expires: string): void {
    clearTimeout(this.#renewal);
    const milliseconds = Date.parse(expires) - Date.now() - RENEW_BEFORE_MS;
    if (Number.isNaN(milliseconds)) return;
    this.#renewal = setTimeout(() => void this.#renew(), Math.min(Math.max(milliseconds, RENEW_APART_MS), LONGEST_TIMER_MS));
  }

  async #renew(): Promise<void> {
    const token = await this.token("renew");
    if (!token || !this.online) return;
    try {
      const ack = await this.ask<{ expires_at: string }>("renew", { token });
      if (ack.ok) this.#renewAt(ack.expires_at);
    } catch {
      // the line went down; the next one begins with a fresh token
    }
  }

  /** A phone that slept believes in a line that is long dead; a new one fetches what was missed. */
  #woken = (): void => {
    if (document.visibilityState === "hidden") {
      this.#hiddenSince = Date.now();
      return;
    }
    const slept = this.#hiddenSince > 0 && Date.now() - this.#hiddenSince > ASLEEP_MS;
    this.#hiddenSince = 0;
    if (this.#socket && this.#refusals < 3 && (slept || !this.online)) this.#socket.disconnect().connect();
  };
}
