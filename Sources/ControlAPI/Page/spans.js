// The choice between the last hour and the last day, which all charts of a page follow.
import { h, fresh } from "./dom.js";
import { bytes, rate } from "./format.js";
import { sum, total } from "./chart.js";
import { loadTraffic, store } from "./store.js";

const choices = [["hour", "Hour", "in the last hour"], ["day", "Day", "in the last day"]];
let chosen = "hour";

/// `draw` is told of the span whenever there is something new to draw.
export function spanSwitch(context, draw) {
  const name = fresh("span");
  const load = () => loadTraffic(chosen).catch(() => {});
  const tellAll = () => draw(spanOf(chosen));
  const pick = (key) => {
    chosen = key;
    tellAll();
    load();
  };
  context.listen("traffic", (span) => { if (span === chosen) tellAll(); });
  context.every(60_000, load);
  load();
  tellAll();
  return h("div", { class: "chips small", role: "radiogroup", "aria-label": "Span of the charts" },
    choices.map(([key, label]) => h("label", null,
      h("input", { type: "radio", name, checked: key === chosen, "data-test": `span-${key}`,
        onchange: () => pick(key) }), h("span", null, label))));
}

export function spanOf(key) {
  const traffic = store.traffic[key];
  const words = choices.find(([one]) => one === key)[2];
  const series = (name) => (name === undefined ? total(traffic) : traffic?.forwards[name]);
  const legend = (name) => {
    const found = series(name);
    if (!found) return hasMoved(name) ? "The charts begin with the next full minute." : `Nothing ${words}.`;
    return [h("span", { class: "key in" }), `in ${bytes(sum(found.in))} `, h("span", { class: "key out" }),
      `out ${bytes(sum(found.out))} `, words, `, at most ${rate(Math.max(...found.in, ...found.out) / traffic.step)}`];
  };
  return { words, series, legend };
}

/// Charts are of whole minutes since the daemon began; what the totals say may be older, or younger.
const hasMoved = (name) => [...store.rates.keys()].some((one) => name === undefined || one === name);
