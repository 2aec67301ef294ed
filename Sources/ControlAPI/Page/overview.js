// What is open to whom right now, what ran out, and what asks for attention.
import { get } from "./api.js";
import { h, replace, write } from "./dom.js";
import { icon } from "./icons.js";
import { chart, redraw } from "./chart.js";
import { ago, clock, count, rate, rough, since, until } from "./format.js";
import { addButton } from "./opening.js";
import { addressOf } from "./forwardRow.js";
import { attention } from "./attention.js";
import { spanSwitch } from "./spans.js";
import { deviceNamed, loadDevices, rateOf, store } from "./store.js";
import { isAnywhere, openToMark, stateMark, stateWords } from "./words.js";

const most = 40;

export function page(context) {
  const summary = h("div", { class: "summary", "data-test": "summary" });
  const whole = chart(undefined, large);
  const legend = h("p", { class: "muted num scale" });
  const open = openTable();
  let span;
  const switcher = spanSwitch(context, (now) => {
    span = now;
    redraw(whole, now.series(), { ...large, words: now.words });
    replace(legend, now.legend());
    open.charts(now);
  });
  const show = () => {
    replace(summary, figures());
    open.show(span);
  };
  context.listen("forwards", show);
  context.listen("status", show);
  context.listen("devices", show);
  context.listen("counters", open.rates);
  if (!store.devices) loadDevices().catch(() => {});
  show();
  return {
    title: "Overview", actions: addButton(),
    content: h("div", null, summary,
      h("div", { class: "columns" },
        h("div", null,
          h("section", { class: "card pad" }, h("div", { class: "page-head" }, h("h2", null, "Traffic"), switcher),
            whole, legend),
          open.element),
        h("div", null, attention(context), ranOut(context)))),
  };
}

const large = { width: 640, height: 110, isTrue: true };

function figures() {
  const inForce = store.forwards.filter((one) => one.state === "in-force");
  const anywhere = inForce.filter(isAnywhere).length;
  const idle = store.forwards.length - inForce.length;
  const wans = (store.status?.wans ?? []).map((wan) => [wan.name, wan.addresses]);
  return [
    figure(anywhere, "open to anybody", "globe", "#/forwards?filter=anywhere"),
    figure(inForce.length - anywhere, "open to some only", "lock", "#/forwards?filter=in-force"),
    figure(idle, "not in force", "stop", "#/forwards?filter=not"),
    h("div", { class: "figure wans" }, wans.map(([name, addresses]) => h("p", null, h("b", null, name), " ",
      addresses.length ? h("span", { class: "num" }, addresses.join("  ")) : h("span", { class: "bad-text" },
        "no address"))),
    store.status && h("p", { class: "muted" },
      store.status.guarded ? "Everything else is kept out." : "The guard is off: other ports are not kept closed.")),
  ];
}

const figure = (number, words, drawing, href) => h("a", { class: "figure", href }, icon(drawing),
  h("b", { class: "num" }, count(number)), h("span", null, words));

/// The busiest first: what is used matters more than what is first in the alphabet.
function openTable() {
  const body = h("tbody");
  const more = h("p", { class: "pad muted" });
  const rows = new Map();
  const table = h("table", { "aria-label": "Open now" }, h("thead", null, h("tr", null,
    [["Open now"], ["Open to"], ["Traffic", "chart-cell mid"], ["Now", "number"],
      ["Ends", "number mid"]].map(([label, kind]) => h("th", { scope: "col", class: kind }, label)))), body);

  function show(span) {
    const inForce = store.forwards.filter((one) => one.state === "in-force");
    const shown = inForce.sort((one, other) => weight(other, span) - weight(one,
      span) || (one.name < other.name ? -1 : 1)).slice(0, most);
    rows.clear();
    replace(body, shown.map((forward) => {
      const row = openRow(forward);
      rows.set(forward.name, row);
      return row.element;
    }));
    table.hidden = shown.length === 0;
    replace(more, shown.length === 0 ? nothing() : inForce.length > most && h("a",
      { href: "#/forwards?filter=in-force" }, `All ${count(inForce.length)} that are open`));
    more.hidden = shown.length > 0 && inForce.length <= most;
    if (span) charts(span);
    rates();
  }
  const charts = (span) => { for (const [name, row] of rows) redraw(row.chart, span.series(name),
    { words: span.words }); };
  const rates = () => { for (const [name, row] of rows) row.rate(rateOf(name)); };
  return { element: h("section", { class: "card", "aria-label": "Open now" }, table, more), show, charts, rates };
}

const nothing = () => (store.isComplete ? "No port is open." : "Loading…");

function weight(forward, span) {
  const series = span?.series(forward.name);
  return series ? series.in.reduce((sum, one) => sum + one, 0) + series.out.reduce((sum, one) => sum + one, 0) : 0;
}

function openRow(forward) {
  const picture = chart(undefined);
  const now = h("td", { class: "number" });
  const device = deviceNamed(forward.targets[0]);
  const element = h("tr", { "data-test": "open-row", "data-name": forward.name },
    h("th", { scope: "row" }, h("a", { href: addressOf(forward.name) }, forward.name),
      h("span", { class: "note num" }, `${forward.external} → `,
      device?.name ? h("span", { class: "plain" }, device.name) : forward.to)),
    h("td", null, openToMark(forward)), h("td", { class: "chart-cell mid" }, picture), now,
    h("td", { class: "number mid" }, forward.ends ? until(forward.ends, rough) : "–"));
  const show = (moving) => {
    const isBusy = moving.in + moving.out >= 1;
    write(now, isBusy ? rate(moving.in + moving.out) : "–");
    element.classList.toggle("busy", isBusy);
  };
  return { element, chart: picture, rate: show };
}

/// What ended in the last day or two, by itself or because it was used up.
function ranOut(context) {
  const list = h("ul", { class: "plain-list" });
  const section = h("section", { class: "card pad", hidden: true }, h("h2", null, "Ran out"), list);
  let ended = [];
  const show = () => {
    const over = store.forwards.filter((one) => one.state === "ended" || one.state === "used-up");
    const gone = ended.filter((one) => !store.byName.has(one.forward));
    section.hidden = over.length + gone.length === 0;
    replace(list, over.slice(0, 10).map((one) => h("li", { "data-test": "ran-out-row", "data-name": one.name },
      h("a", { href: addressOf(one.name) }, one.name), h("span", { class: "num muted" }, one.external),
        stateMark(one.state), h("span", { class: "muted" }, one.ends ? ago(one.ends) : ""))),
    gone.slice(0, 10).map((one) => h("li", { "data-test": "ran-out-row", "data-name": one.forward },
      h("b", null, one.forward), h("span", { class: "muted" }, one.detail),
        h("span", { class: "pill quiet" }, stateWords("ended")), h("span", { class: "muted" }, clock(one.time)))));
  };
  const load = async () => {
    const { activity } = await get("/v1/activity", { limit: 200 });
    ended = activity.filter((one) => one.kind === "ended" && since(one.time) < 172_800);
    show();
  };
  context.listen("forwards", show);
  context.listen("activity", (one) => { if (!one || one.kind === "ended") load().catch(() => {}); });
  load().catch(() => {});
  return section;
}

