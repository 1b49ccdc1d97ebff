import type { Words } from "./words.js";
import { zhHans } from "./zh-Hans.js";

export type { Words };

/** Fired at the document when a page has loaded words of another language, or its own. */
export const WORDS_EVENT = "huanban-words";

type Home = typeof globalThis & { huanbanWords?: Record<string, Partial<Words>> };
const made = new Map<string, { from: Partial<Words> | undefined; words: Words }>();

/** Puts words beside those the widget brings along; `en` and `zh-Hant` come in files of their own. */
export function register(words: Words): void {
  const home = globalThis as Home;
  (home.huanbanWords ??= {})[words.lang] = words;
  document.dispatchEvent(new Event(WORDS_EVENT));
}

/**
 * The words for a language tag: Simplified Chinese, with what the page has put into `huanbanWords` for that language over it.
 * The same object until that changes.
 */
export function wordsFor(tag: string): Words {
  const lang = /^zh-(hant|tw|hk|mo)/i.test(tag) ? "zh-Hant" : /^en/i.test(tag) ? "en" : "zh-Hans";
  const from = (globalThis as Home).huanbanWords?.[lang];
  let entry = made.get(lang);
  if (!entry || entry.from !== from) made.set(lang, (entry = { from, words: { ...zhHans, ...from } }));
  return entry.words;
}
