import type { Message } from "./protocol.js";

/** The conversation as the server tells it, each message once, in its order. */
export class History {
  #messages: Message[] = [];
  #ids = new Set<string>();

  get messages(): readonly Message[] {
    return this.#messages;
  }

  get lastId(): string | null {
    return this.#messages.at(-1)?.id ?? null;
  }

  /** Takes messages in and returns those that are new. */
  merge(messages: readonly Message[]): Message[] {
    const fresh = messages.filter((message) => !this.#ids.has(message.id));
    if (!fresh.length) return [];
    if (fresh.some((message) => message.first)) this.clear();
    for (const message of fresh) this.#ids.add(message.id);
    this.#messages = [...this.#messages, ...fresh].sort(byId);
    return fresh;
  }

  clear(): void {
    this.#messages = [];
    this.#ids.clear();
  }

  /** How many messages of the bot's came after the one with this id; all when it is null. */
  unreadAfter(id: string | null): number {
    return this.#messages.filter((message) => message.from === "bot" && message.id > (id ?? "")).length;
  }
}

function byId(a: Message, b: Message): number {
  return a.id < b.id ? -1 : 1;
}
