// Numbers and moments as people read them.

const units = ["B", "kB", "MB", "GB", "TB", "PB"];

export function bytes(count) {
  if (!count) return "0";
  const power = Math.min(Math.floor(Math.log10(count) / 3), units.length - 1);
  const scaled = count / 1000 ** power;
  return `${power === 0 || scaled >= 99.5 ? Math.round(scaled) : scaled.toFixed(1)} ${units[power]}`;
}

export function rate(bytesPerSecond) {
  return bytesPerSecond >= 1 ? `${bytes(bytesPerSecond)}/s` : "0";
}

export const count = (number) => (number ?? 0).toLocaleString("en-GB");

export const plural = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;

const spans = [[31_536_000, "y"], [604_800, "w"], [86_400, "d"], [3600, "h"], [60, "min"], [1, "s"]];

/// Two parts at most from a day on: `3 d 4 h`, `12 min`.
export function span(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const first = spans.findIndex(([size]) => whole >= size);
  if (first < 0) return "0 s";
  const [size, unit] = spans[first];
  const rest = spans[first + 1];
  const head = `${Math.floor(whole / size)} ${unit}`;
  const more = rest && size >= 3600 && first > 0 ? Math.floor((whole % size) / rest[0]) : 0;
  return more ? `${head} ${more} ${rest[1]}` : head;
}

/// One part, for narrow columns: 1 h 59 min are about two hours.
export function rough(seconds) {
  const [size] = spans.find(([size]) => seconds >= size) ?? [1];
  return span(Math.round(seconds / size) * size).split(" ").slice(0, 2).join(" ");
}

export const since = (moment) => (Date.now() - Date.parse(moment)) / 1000;

export function ago(moment, words = span) {
  if (!moment) return "never";
  const seconds = since(moment);
  return seconds < 5 ? "just now" : `${words(seconds)} ago`;
}

export function until(moment, words = span) {
  if (!moment) return "no end";
  const seconds = -since(moment);
  return seconds <= 0 ? "over" : `in ${words(seconds)}`;
}

const day = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short" });
const dayAndYear = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const clockTime = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const exact = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });

export function clock(moment) {
  const date = new Date(moment);
  if (date.toDateString() === new Date().toDateString()) return `today, ${clockTime.format(date)}`;
  const isNear = Math.abs(since(moment)) < 300 * 86_400;
  return isNear ? `${day.format(date)}, ${clockTime.format(date)}` : dayAndYear.format(date);
}

export const moment = (text) => exact.format(new Date(text));

/// Sentences begin large; names of the kernel's families do not.
export const capital = (text) => (/^(ip6?|inet|bridge|netdev|arp) /.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1));
