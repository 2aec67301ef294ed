// Small charts of traffic: what came in hangs below the line, what went out stands above it.
import { svg, replace } from "./dom.js";
import { bytes } from "./format.js";

/// `series` is `{ in: […], out: […] }`; the text says what the drawing shows.
export function chart(series, { width = 132, height = 30, words = "", isTrue = false } = {}) {
  return redraw(svg("svg", { class: "chart", viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none",
    role: "img" }),
    series, { width, height, words, isTrue });
}

export function redraw(element, series, { width = 132, height = 30, words = "", isTrue = false } = {}) {
  element.setAttribute("aria-label", label(series, words));
  const middle = Math.round(height * 0.62);
  const base = svg("line", { class: "base", x1: 0, x2: width, y1: middle, y2: middle });
  if (!series) return replace(element, base);
  const highest = Math.max(1, ...series.in, ...series.out);
  const share = isTrue ? (value) => value / highest : (value) => Math.sqrt(value / highest);
  return replace(element,
    svg("path", { class: "out", d: area(series.out, width, middle, -(middle - 1), share) }),
    svg("path", { class: "in", d: area(series.in, width, middle, height - middle - 1, share) }), base);
}

/// Large charts are true to scale; in small ones the square root keeps a quiet hour visible beside a busy minute.
function area(values, width, middle, reach, share) {
  const step = width / Math.max(1, values.length);
  const at = (value) => (middle + reach * share(value)).toFixed(1);
  const points = values.map((value, index) => `V${at(value)}H${((index + 1) * step).toFixed(1)}`);
  return `M0 ${middle}${points.join("")}V${middle}Z`;
}

export const sum = (values) => values.reduce((total, value) => total + value, 0);

function label(series, words) {
  if (!series) return `No traffic ${words}`.trim();
  return `In ${bytes(sum(series.in))}, out ${bytes(sum(series.out))} ${words}`.trim();
}

/// All forwards together.
export function total(traffic) {
  const steps = Object.values(traffic?.forwards ?? {});
  if (!steps.length) return undefined;
  const add = (side) => steps[0][side].map((_, index) => sum(steps.map((one) => one[side][index] ?? 0)));
  return { in: add("in"), out: add("out") };
}
