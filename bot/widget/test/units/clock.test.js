import assert from "node:assert/strict";
import { test } from "node:test";
import { ServerClock } from "../../out/units/client/clock.js";

const at = (time) => Date.parse(`2026-11-24T${time}Z`);

test("a phone whose clock is a day ahead counts the same ten minutes", () => {
  const clock = new ServerClock();
  const device = at("08:00:00") + 86_400_000;
  clock.setBy("2026-11-24T08:00:00Z", device);
  const left = (seconds) =>
    clock.left("2026-11-24T08:10:00Z", "2026-11-24T08:00:00Z", "2026-11-24T08:00:00Z", device + seconds * 1_000);
  assert.equal(left(0), 600_000);
  assert.equal(left(61), 539_000);
  assert.equal(left(601), 0);
});

test("a ledger that shows another day than the server is taken at its own time", () => {
  const clock = new ServerClock();
  clock.setBy("2026-11-25T08:00:30Z", at("08:00:30"));
  assert.equal(
    clock.left("2026-11-24T08:10:00+00:00", "2026-11-24T08:00:00+00:00", "2026-11-25T08:00:00Z", at("08:00:30")),
    570_000,
  );
});

test("without the ledger's present the message's moment stands for it, and without a server's time the phone's own", () => {
  const clock = new ServerClock();
  clock.setBy(undefined);
  assert.equal(clock.left("2026-11-24T08:10:00Z", undefined, "2026-11-24T08:00:00Z", at("08:01:00")), 540_000);
});

test("a message that seems to come from the future has its whole time yet", () => {
  const clock = new ServerClock();
  clock.setBy("2026-11-24T08:00:00Z", at("08:00:00"));
  assert.equal(clock.left("2026-11-24T08:10:00Z", undefined, "2026-11-24T08:00:02Z", at("08:00:00")), 598_000);
});
