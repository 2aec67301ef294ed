// One forward: all that is known of it, its traffic, its flows, and what was done to it.
import { get } from "./api.js";
import { h, replace, write } from "./dom.js";
import { icon } from "./icons.js";
import { alert } from "./notice.js";
import { chart, redraw } from "./chart.js";
import { edit } from "./opening.js";
import { ago, bytes, capital, clock, count, moment, rate, span, since } from "./format.js";
import { place, removeForward, switchForward } from "./forwardRow.js";
import { labelOf, saidBy } from "./fields.js";
import { flowTable } from "./flows.js";
import { activityList } from "./activity.js";
import { spanSwitch } from "./spans.js";
import { deviceNamed, rateOf, store } from "./store.js";
import { longer, openToMark, origins, stateMark } from "./words.js";

export function page(context) {
  const name = context.argument;
  const facts = h("dl", { class: "facts", "data-test": "forward-facts" });
  const gone = h("div");
  const picture = chart(undefined, large);
  const scale = h("p", { class: "muted num scale" });
  const traffic = spanSwitch(context, (span) => {
    redraw(picture, span.series(name), { ...large, words: span.words });
    replace(scale, span.legend(name));
  });
  const buttons = h("div", { class: "actions" });
  const show = () => {
    const forward = store.byName.get(name);
    replace(gone, !forward && store.isComplete && alert("warn", `There is no forward ${name}.`,
      "It was removed or has another name now; Activity knows more."));
    replace(facts, forward && rows(forward));
    replace(buttons, forward && actions(forward));
  };
  const flows = flowTable({ forward: name });
  const loadFlows = () => get("/v1/flows", { forward: name,
    limit: 200 }).then(({ flows: list }) => flows.show(list)).catch(() => {});
  context.listen("forwards", show);
  context.listen("counters", () => {
    const forward = store.byName.get(name);
    if (forward) for (const [key, , text] of moving(forward)) write(facts.querySelector(`[data-test="fact-${key}"]`),
      text);
  });
  context.every(3000, loadFlows);
  loadFlows();
  show();
  const content = h("div", null, gone,
    h("div", { class: "columns one" },
      h("section", { class: "card pad" }, h("h2", null, "What it is"), facts),
      h("section", { class: "card pad" }, h("div", { class: "page-head" }, h("h2", null, "Traffic"), traffic), picture,
        scale)),
    h("section", { class: "card" }, h("h2", { class: "pad" }, "Live flows"), flows.element),
    h("section", { class: "card" }, h("h2", { class: "pad" }, "What was done to it"),
      activityList(context, { forward: name, limit: 20 })));
  return { title: name, actions: buttons, content };
}

const large = { width: 640, height: 150, isTrue: true };

function actions(forward) {
  const { name } = forward;
  const target = encodeURIComponent(name);
  return [
    h("a", { class: "button", href: `#/trace?to=${target}` }, icon("trace"), "Trace"),
    h("button", { type: "button", "data-test": "toggle", onclick: () => switchForward(name) },
      icon(forward.enabled ? "pause" : "play"), forward.enabled ? "Switch off" : "Switch on"),
    h("button", { type: "button", "data-test": "edit", onclick: () => edit(forward) }, icon("edit"), "Change"),
    h("button", { type: "button", class: "danger quiet", "data-test": "remove", onclick: () => removeForward(name) },
      icon("remove"), "Remove"),
  ];
}

function rows(forward) {
  const { traffic } = forward;
  const device = deviceNamed(forward.targets[0]);
  return [
    ["state", "State", [stateMark(forward.state),
      longer[forward.state] && h("span", { class: "muted" }, ` ${longer[forward.state]}`)]],
    ["external", "From outside", h("span", { class: "num" }, place(forward))],
    ["to", "Target", h("span", { class: "num" }, forward.to, device?.name && ` (${device.name})`)],
    ["who", "Open to", openToMark(forward)],
    ["ends", "Ends", forward.ends ? clock(forward.ends) : "no end"],
    forward.next_change && ["next", "Opens or closes", clock(forward.next_change)],
    ...moving(forward),
    traffic.denied > 0 && ["denied", "Kept out", `${count(traffic.denied)} packets`],
    traffic.limited > 0 && ["limited", "Over its limits", `${count(traffic.limited)} packets`],
    ["made", "Made",
      `${moment(forward.created)} by ${forward.creator}, ${origins[forward.origin] ?? forward.origin}; ${span(since(forward.created))} old`],
    ["engine", "Carried by", forward.engine === "none" ? "nothing" : `the ${forward.engine}`],
    forward.engine_reason && ["reason", "Because", forward.engine_reason],
    forward.lease && ["lease", "Asked for by",
      [forward.lease.device, forward.lease.mac, forward.lease.protocol].filter(Boolean).join(", ")],
    ...upstream(forward), ...further(forward),
    forward.comment && ["comment", "Comment", forward.comment],
  ].filter(Boolean).map(([key, label, value]) => [h("dt", null, label),
    h("dd", { "data-test": `fact-${key}` }, value)]);
}

/// What changes each second, as text alone: what somebody has selected stays selected.
function moving({ name, traffic, last_used: used }) {
  const now = rateOf(name);
  return [
    ["now", "Now", `↓ ${rate(now.in)}  ↑ ${rate(now.out)}, ${count(traffic.live)} live`],
    ["traffic", "Since it was made",
      `↓ ${bytes(traffic.bytes_in)}  ↑ ${bytes(traffic.bytes_out)}, ${count(traffic.flows)} flows`],
    ["used", "Last used", ago(used)],
  ];
}

const upstream = (forward) => (forward.upstream_ports ?? []).map(({ wan, port, state, external, problem, advice }) => [
  "upstream", `Router at ${wan}`, [port, state, external, problem, advice].filter(Boolean).join(", ")]);

const shown = new Set(["name", "external", "to", "allow", "on", "at", "ends", "comment", "enabled"]);
const usual = { hairpin: true, source: "kept", nat6: false, upstream: false, when_closed: "end" };

/// What was set beyond the usual.
function further(forward) {
  return Object.entries(saidBy(forward))
    .filter(([key,
      value]) => !shown.has(key) && value !== "" && value !== undefined && value !== usual[key] && String(value) !== "")
    .map(([key, value]) => [key, capital(labelOf(key)),
      typeof value === "boolean" ? (value ? "yes" : "no") : [value].flat().map(text).join(", ")]);
}

const text = (value) => (typeof value === "object" ? JSON.stringify(value) : String(value));
