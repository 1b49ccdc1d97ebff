import assert from "node:assert/strict";
import { test } from "node:test";
import { History } from "../../out/units/client/history.js";
import { Outbox } from "../../out/units/client/outbox.js";
import { MemoryStore } from "../../out/units/client/storage.js";
import { whoOf } from "../../out/units/client/token.js";

const entry = (id, at) => ({ id, at, text: id });

test("what waits to be sent keeps its order, also when said within one millisecond and read by another page", () => {
  const store = new MemoryStore();
  const outbox = new Outbox(store, "b-1");
  const at = "2026-11-24T08:00:00.000Z";
  for (const id of ["c", "a", "b"]) outbox.add(entry(id, at));
  const again = new Outbox(store, "b-1").list(Date.parse(at));
  assert.deepEqual(
    again.fresh.map(({ id }) => id),
    ["c", "a", "b"],
  );
});

test("one borrower's messages are not another's", () => {
  const store = new MemoryStore();
  new Outbox(store, "b-1").add(entry("x", new Date().toISOString()));
  assert.deepEqual(new Outbox(store, "b-2").list().fresh, []);
});

test("what the server may have forgotten is not sent by itself", () => {
  const outbox = new Outbox(new MemoryStore(), "b-1");
  outbox.add(entry("old", "2026-11-23T08:00:00Z"));
  outbox.add(entry("new", "2026-11-24T07:00:00Z"));
  const { fresh, stale } = outbox.list(Date.parse("2026-11-24T08:00:00Z"));
  assert.deepEqual([fresh.map(({ id }) => id), stale.map(({ id }) => id)], [["new"], ["old"]]);
});

test("a spoilt entry in the browser's storage does not stop the others", () => {
  const store = new MemoryStore();
  store.set("huanban.out.b-1.1.x", "{");
  const outbox = new Outbox(store, "b-1");
  outbox.add(entry("ok", new Date().toISOString()));
  assert.deepEqual(
    outbox.list().fresh.map(({ id }) => id),
    ["ok"],
  );
});

test("a message told twice is there once, and all are in the server's order", () => {
  const history = new History();
  const message = (id, from = "bot") => ({ id, from, at: "2026-11-24T08:00:00Z", text: id });
  assert.equal(history.merge([message("2"), message("3")]).length, 2);
  assert.equal(history.merge([message("3"), message("1")]).length, 1);
  assert.deepEqual(
    history.messages.map(({ id }) => id),
    ["1", "2", "3"],
  );
  assert.equal(history.lastId, "3");
  assert.equal(history.unreadAfter("1"), 2);
  assert.equal(history.unreadAfter(null), 3);
});

test("when all was deleted on the server, nothing of it stays on the page", () => {
  const history = new History();
  const message = (id, more = {}) => ({ id, from: "bot", at: "2026-11-24T08:00:00Z", text: id, ...more });
  history.merge([message("1"), message("2")]);
  assert.equal(history.merge([message("3", { first: true }), message("4")]).length, 2);
  assert.deepEqual(
    history.messages.map(({ id }) => id),
    ["3", "4"],
  );
  assert.equal(history.merge([message("3", { first: true })]).length, 0);
  assert.equal(history.messages.length, 2);
});

test("two tokens of one borrower name the same, those of two do not", () => {
  const token = (claims) => `h.${btoa(JSON.stringify(claims))}.s`;
  assert.equal(whoOf(token({ sub: "B1", exp: 1 })), whoOf(token({ sub: "B1", exp: 2 })));
  assert.notEqual(whoOf(token({ sub: "B1" })), whoOf(token({ guest: "B1" })));
  assert.notEqual(whoOf("opaque-1"), whoOf("opaque-2"));
});
