import type { Message } from "../client/protocol.js";
import type { Words } from "../words/index.js";

const KEPT = 12;

/** Says a message once, in a live region of its own, so that neither history nor a redrawn list is read out. */
export function announce(region: HTMLElement | null, message: Message, words: Words): void {
  const titles = message.buttons?.map((button) => button.title) ?? [];
  const said = [message.text, titles.length ? words.choices(titles) : ""].filter(Boolean).join("\n");
  if (!region || !said) return;
  const line = document.createElement("p");
  line.textContent = said;
  region.append(line);
  if (region.childElementCount > KEPT) region.firstElementChild?.remove();
}
