/** Why a token is asked for. */
export type TokenReason = "first" | "renew" | "refused";

/** Gives a token of the lender's, or null when there is nobody logged in. */
export type TokenGiver = (reason: TokenReason) => Promise<string | null>;

/**
 * Whom a token names, as a key for what is kept in the browser. It is not verified, and nothing is granted by it.
 * The same borrower has the same key with every new token.
 */
export function whoOf(token: string): string {
  try {
    const part = (token.split(".")[1] ?? "").replace(/-/g, "+").replace(/_/g, "/");
    const claims = JSON.parse(atob(part)) as { sub?: unknown; guest?: unknown };
    if (typeof claims.sub === "string") return `b-${claims.sub}`;
    if (typeof claims.guest === "string") return `g-${claims.guest}`;
  } catch {
    // not a JWT; the whole token stands for whoever it is
  }
  let hash = 5381;
  for (const letter of token) hash = ((hash * 33) ^ letter.charCodeAt(0)) >>> 0;
  return `t-${hash.toString(36)}`;
}
