/** How amounts, days and moments are written; the Chinese forms are those of bot/formats.py. */
import type { Words } from "./words/words.js";

const DAY_MS = 86_400_000;
/** Shanghai has had no summer time since 1991. */
const SHANGHAI_MS = 8 * 3_600_000;

interface Day {
  year: number;
  month: number;
  day: number;
  /** 0 is Sunday. */
  weekday: number;
}

/** An amount of fen as 1,234.50, without its unit. */
export function amount(fen: number): string {
  const cents = Math.abs(Math.round(fen));
  const whole = String(Math.floor(cents / 100)).replace(/\B(?=(\d{3})+$)/g, ",");
  return `${fen < 0 ? "-" : ""}${whole}.${String(cents % 100).padStart(2, "0")}`;
}

/** An amount of fen in yuan: 1,234.50元. */
export function yuan(fen: number, words: Words): string {
  return words.yuan(amount(fen));
}

/** The calendar day in Shanghai at a moment, as ISO text. */
export function dayOf(moment: string | number): string {
  const time = typeof moment === "number" ? moment : Date.parse(moment);
  return new Date(time + SHANGHAI_MS).toISOString().slice(0, 10);
}

/** A day with its weekday, and with its year when that is not this one: 12月15日(周二). */
export function day(iso: string, words: Words, today = dayOf(Date.now())): string {
  const { year, month, day: number, weekday } = parts(iso);
  return words.day(year === parts(today).year ? null : year, month, number, weekday);
}

/** A day as the borrower would type it; always Chinese, since the bot reads it: 12月15日. */
export function dayToSay(iso: string, today = dayOf(Date.now())): string {
  const { year, month, day: number } = parts(iso);
  return `${year === parts(today).year ? "" : `${year}年`}${month}月${number}日`;
}

/** A sum a month as the borrower would type it; always Chinese: 每月600元. */
export function monthlyToSay(fen: number): string {
  return `每月${fen % 100 ? (fen / 100).toFixed(2) : fen / 100}元`;
}

/** A moment in Shanghai, to the minute: 11月24日15:05. */
export function moment(at: string, words: Words): string {
  const { month, day: number } = parts(dayOf(at));
  return words.moment(month, number, clock(at));
}

/** The time of day in Shanghai: 15:05. */
export function clock(at: string): string {
  return new Date(Date.parse(at) + SHANGHAI_MS).toISOString().slice(11, 16);
}

/** The line between two days of a conversation: 今天, 昨天, or the day. */
export function separator(at: string, words: Words, today = dayOf(Date.now())): string {
  const iso = dayOf(at);
  if (iso === today) return words.today;
  return iso === plusDays(today, -1) ? words.yesterday : day(iso, words, today);
}

export function plusDays(iso: string, days: number): string {
  return new Date(Date.parse(iso) + days * DAY_MS).toISOString().slice(0, 10);
}

/** Whole days from one calendar day to another. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
}

/** A size in MB, or in KB when that is less than one. */
export function size(bytes: number): string {
  return bytes < 1_048_576 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1_048_576).toFixed(1)} MB`;
}

export function parts(iso: string): Day {
  const date = new Date(Date.parse(iso.slice(0, 10)));
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    weekday: date.getUTCDay(),
  };
}
