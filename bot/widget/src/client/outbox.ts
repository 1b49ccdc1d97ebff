import type { Outgoing } from "./protocol.js";
import type { Pending } from "./sending.js";
import type { Store } from "./storage.js";

/** The server remembers message ids for a day; what is older could run twice, so it is not sent by itself any more. */
const KEPT_HOURS = 20;
const PREFIX = "huanban.out.";

/**
 * What was said and not yet confirmed, in the order it was said; survives a reload.
 *
 * Every entry has a key of its own, so that two tabs never overwrite each other's. Both may send the same entry: it carries
 * the same id, and the server runs it once.
 */
export class Outbox {
  #prefix: string;
  #last = 0;

  /** @param who - keeps two borrowers at one computer apart */
  constructor(
    private readonly store: Store,
    who: string,
  ) {
    this.#prefix = `${PREFIX}${who}.`;
  }

  add(entry: Outgoing): void {
    this.#last = Math.max(this.#last + 1, Date.parse(entry.at) * 1000);
    this.store.set(`${this.#prefix}${this.#last}.${entry.id}`, JSON.stringify(entry));
  }

  /** Entries in the order they were said; `stale` are those too old to be sent without asking. */
  list(now = Date.now()): { fresh: Outgoing[]; stale: Outgoing[] } {
    const entries = this.#keys()
      .map((key) => read(this.store.get(key)))
      .filter((entry): entry is Outgoing => entry !== null);
    const isFresh = (entry: Outgoing) => now - Date.parse(entry.at) < KEPT_HOURS * 3_600_000;
    return { fresh: entries.filter(isFresh), stale: entries.filter((entry) => !isFresh(entry)) };
  }

  /**
   * What still has to be shown: stale entries as problems, then fresh ones. What the server has by now is removed.
   * @param said - ids that stand in the history
   */
  left(said: ReadonlySet<string | undefined>): Pending[] {
    const { fresh, stale } = this.list();
    const marked = stale.map((entry): Pending => ({ ...entry, problem: { type: "/problems/too-old", status: 0 } }));
    return [...marked, ...fresh].filter(({ id }) => {
      if (said.has(id)) this.remove(id);
      return !said.has(id);
    });
  }

  remove(id: string): void {
    for (const key of this.#keys()) if (key.endsWith(`.${id}`)) this.store.remove(key);
  }

  #keys(): string[] {
    return this.store
      .keys()
      .filter((key) => key.startsWith(this.#prefix))
      .sort();
  }
}

function read(text: string | null): Outgoing | null {
  try {
    const entry = JSON.parse(text ?? "") as Outgoing;
    return typeof entry.id === "string" && !Number.isNaN(Date.parse(entry.at)) ? entry : null;
  } catch {
    return null;
  }
}
