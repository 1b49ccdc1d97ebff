/** The part of `localStorage` that is used, so that memory can stand in for it. */
export interface Store {
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
  keys(): string[];
}

/** Keeps things for as long as the page is open. */
export class MemoryStore implements Store {
  #values = new Map<string, string>();

  get(key: string): string | null {
    return this.#values.get(key) ?? null;
  }
  set(key: string, value: string): void {
    this.#values.set(key, value);
  }
  remove(key: string): void {
    this.#values.delete(key);
  }
  keys(): string[] {
    return [...this.#values.keys()];
  }
}

/** The browser's own storage; memory where it is forbidden or full. */
export class BrowserStore implements Store {
  #fallback = new MemoryStore();

  constructor(private readonly kind: "localStorage" | "sessionStorage" = "localStorage") {}

  get #storage(): Storage | null {
    try {
      return globalThis[this.kind];
    } catch {
      return null; // forbidden, for example in a sandboxed frame
    }
  }

  get(key: string): string | null {
    return this.#storage?.getItem(key) ?? this.#fallback.get(key);
  }
  set(key: string, value: string): void {
    try {
      const storage = this.#storage;
      if (!storage) throw new Error("no storage");
      storage.setItem(key, value);
    } catch {
      this.#fallback.set(key, value);
    }
  }
  remove(key: string): void {
    this.#storage?.removeItem(key);
    this.#fallback.remove(key);
  }
  keys(): string[] {
    const storage = this.#storage;
    return [...(storage ? Object.keys(storage) : []), ...this.#fallback.keys()];
  }
}
