import type { Outgoing, Problem } from "./protocol.js";

/** A message on its way; `problem` when the server does not want it. */
export interface Pending extends Outgoing {
  problem?: Problem;
}

/** A message as `say` carries it. */
export function toSay({ id, text, payload, title }: Outgoing): object {
  return payload === undefined ? { id, text } : { id, payload, title };
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** An id of the widget's own; `crypto.randomUUID` exists on https pages only. */
export function uuid(): string {
  const hex = () => ((crypto.getRandomValues(new Uint8Array(1))[0] ?? 0) & 15).toString(16);
  return "xxxxxxxx-xxxx-4xxx-axxx-xxxxxxxxxxxx".replace(/x/g, hex);
}
