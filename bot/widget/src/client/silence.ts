import type { ChatSession } from "./session.js";

const SLOW_MS = 20_000;

/** Tells, after a while, that a message did arrive although no answer has come. */
export class Silence {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #waitingFor: string | undefined;

  constructor(private readonly tell: (slow: boolean) => void) {}

  watch(session: ChatSession): void {
    const last = session.messages[session.messages.length - 1];
    const waitingFor = last?.from === "borrower" && session.line === "online" ? last.id : undefined;
    if (waitingFor === this.#waitingFor) return;
    this.#waitingFor = waitingFor;
    this.tell(false);
    clearTimeout(this.#timer);
    if (waitingFor) this.#timer = setTimeout(() => this.tell(true), SLOW_MS);
  }
}
