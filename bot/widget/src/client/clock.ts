/**
 * What time it is at the server. An old phone's own clock may be hours off, so it only counts how long ago the server told
 * the time.
 */
export class ServerClock {
  #ahead = 0;

  /** @param now - the server's present, as a `hello` brings it; the device's own counts when it brings none */
  setBy(now: string | undefined, device = Date.now()): void {
    this.#ahead = device - Date.parse(now ?? "") || 0;
  }

  /**
   * The milliseconds until a moment that a card names, never below zero.
   * @param until - in the ledger's time, which need not be the server's
   * @param asOf - the ledger's time when the card was made; the server's when the card does not say
   * @param sentAt - the server's time when the card was sent
   */
  left(until: string, asOf: string | undefined, sentAt: string, device = Date.now()): number {
    const since = Math.max(0, device - this.#ahead - Date.parse(sentAt));
    return Math.max(0, Date.parse(until) - Date.parse(asOf ?? sentAt) - since);
  }
}
