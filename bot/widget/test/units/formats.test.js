import assert from "node:assert/strict";
import { test } from "node:test";
import * as formats from "../../out/units/formats.js";
import { wordsFor } from "../../out/units/words/index.js";
import { en } from "../../out/units/words/en.js";
import { zhHans } from "../../out/units/words/zh-Hans.js";
import { zhHant } from "../../out/units/words/zh-Hant.js";

const words = wordsFor("zh-CN");

test("fen are written as yuan to the fen, with thousands marked", () => {
  for (const [fen, text] of [
    [0, "0.00元"],
    [5, "0.05元"],
    [100, "1.00元"],
    [96594, "965.94元"],
    [123450, "1,234.50元"],
    [123456789, "1,234,567.89元"],
    [-472, "-4.72元"],
  ]) {
    assert.equal(formats.yuan(fen, words), text);
  }
});

test("a day has its weekday, and its year when that is another", () => {
  assert.equal(formats.day("2026-12-15", words, "2026-11-24"), "12月15日(周二)");
  assert.equal(formats.day("2027-01-03", words, "2026-11-24"), "2027年1月3日(周日)");
  assert.equal(formats.dayToSay("2026-12-15", "2026-11-24"), "12月15日");
  assert.equal(formats.dayToSay("2027-01-03", "2026-11-24"), "2027年1月3日");
});

test("moments are those of Shanghai, wherever the borrower is", () => {
  assert.equal(formats.moment("2026-11-24T07:05:00Z", words), "11月24日15:05");
  assert.equal(formats.dayOf("2026-11-24T16:30:00Z"), "2026-11-25");
  assert.equal(formats.separator("2026-11-23T17:00:00Z", words, "2026-11-24"), "今天");
  assert.equal(formats.separator("2026-11-23T12:00:00Z", words, "2026-11-24"), "昨天");
});

test("days are counted across months and leap years", () => {
  assert.equal(formats.plusDays("2026-11-30", 1), "2026-12-01");
  assert.equal(formats.plusDays("2028-02-28", 1), "2028-02-29");
});

test("a sum a month is said as a borrower would", () => {
  assert.equal(formats.monthlyToSay(60000), "每月600元");
  assert.equal(formats.monthlyToSay(60050), "每月600.50元");
});

test("every language has words for everything", () => {
  for (const other of [zhHant, en]) {
    assert.deepEqual(Object.keys(other).sort(), Object.keys(zhHans).sort());
    for (const [key, value] of Object.entries(zhHans)) {
      if (typeof value === "object" && !Array.isArray(value)) {
        assert.deepEqual(Object.keys(other[key]).sort(), Object.keys(value).sort(), key);
      }
    }
  }
});

test("a page may put words of its own over those of the widget", () => {
  globalThis.huanbanWords = { en: { name: "Helper" } };
  assert.equal(wordsFor("en-GB").name, "Helper");
  assert.equal(wordsFor("en-GB").send, zhHans.send);
  assert.equal(wordsFor("en-GB"), wordsFor("en-GB"));
  delete globalThis.huanbanWords;
});
