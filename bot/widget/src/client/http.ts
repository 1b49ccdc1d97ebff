import type { Problem } from "./protocol.js";

/** A refusal in the server's words for developers, or no answer at all (status 0). */
export class HttpRefusal extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail ?? problem.type);
  }
}

export interface Evidence {
  evidence_id: string;
  name: string;
  size: number;
  kind: string;
}

/** A token for somebody who is not logged in. */
export async function guestToken(server: string): Promise<string> {
  const answer = await call(`${server}/webhooks/web/guest`, { method: "POST" });
  return ((await answer.json()) as { token: string }).token;
}

/** Hands a proof in for a request. */
export async function sendEvidence(server: string, token: string, file: File, requestId: string): Promise<Evidence> {
  const body = new FormData();
  body.set("request_id", requestId);
  body.set("file", file, file.name);
  const answer = await call(`${server}/webhooks/chat/evidence`, { method: "POST", body, headers: bearer(token) });
  return (await answer.json()) as Evidence;
}

/** The conversation as a file to keep. */
export async function transcript(server: string, token: string): Promise<Blob> {
  return (await call(`${server}/webhooks/chat/transcript`, { headers: bearer(token) })).blob();
}

function bearer(token: string): HeadersInit {
  return { Authorization: `Bearer ${token}` };
}

async function call(url: string, init: RequestInit): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(url, { ...init, credentials: "omit" });
  } catch {
    throw new HttpRefusal({ type: "/problems/no-answer", status: 0 });
  }
  if (answer.ok) return answer;
  const problem = (await answer.json().catch(() => ({}))) as Partial<Problem>;
  throw new HttpRefusal({ type: "/problems/unknown", ...problem, status: answer.status });
}
