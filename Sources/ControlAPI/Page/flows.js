// Live flows: who talks to what at the moment, and how to end it.
import { call, get, segment } from "./api.js";
import { h, replace, write } from "./dom.js";
import { icon } from "./icons.js";
import { failed, toast } from "./notice.js";
import { bytes, plural, span } from "./format.js";
import { addressOf } from "./forwardRow.js";
import { deviceNamed, loadDevices, store } from "./store.js";

const most = 300;

export function page(context) {
  let all = [], words = context.query.get("filter") ?? "";
  const total = h("p", { class: "muted count", "data-test": "count" });
  const table = flowTable({});
  const search = h("input", {
    type: "search", value: words, placeholder: "Filter by forward, client, target, state", "aria-label": "Filter",
      "data-test": "filter",
    oninput: () => { words = search.value; show(); },
  });
  const show = () => {
    const parts = words.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const found = all.filter((flow) => parts.every((part) => textOf(flow).includes(part)));
    write(total, `${plural(found.length, "flow")}${found.length > most ? `, of which ${most} are shown` : ""}`);
    table.show(found);
  };
  const take = (flows) => { all = flows; show(); };
  context.listen("flows", take);
  get("/v1/flows", { limit: 500 }).then(({ flows }) => take(flows)).catch(failed);
  if (!store.devices) loadDevices().then(show, () => {});
  return {
    title: "Flows",
    content: h("div", null, h("div", { class: "tools", role: "search" },
      h("div", { class: "search" }, icon("search"), search)), total,
      h("div", { class: "card" }, table.element), ended()),
  };
}

const textOf = (flow) => [flow.forward, flow.client, flow.target, flow.external, flow.state, flow.engine,
  flow.transport].join(" ").toLowerCase();

const heads = [["Client"], ["Forward", "mid"], ["Target", "mid"], ["State", "mid"], ["In", "number mid"],
  ["Out", "number"], ["Age", "number mid"], ["Actions", "acts"]];

/// A table that keeps a row for each flow while it lives.
export function flowTable({ forward }) {
  const body = h("tbody");
  const none = h("p", { class: "pad muted" }, "No flow at the moment.");
  const table = h("table", { class: "flows", "aria-label": forward ? `Live flows of ${forward}` : "Live flows" },
    h("thead", null, h("tr", null,
      heads.filter(([label]) => label !== "Forward" || !forward).map(([label, kind]) => h("th",
      { scope: "col", class: kind }, kind === "acts" ? h("span", { class: "unseen" }, label) : label)))), body);
  const rows = new Map();

  function show(flows) {
    const shown = flows.slice(0, most);
    const ids = new Set(shown.map((flow) => flow.id));
    for (const [id, { element }] of rows) if (!ids.has(id)) { element.remove(); rows.delete(id); }
    for (const flow of shown) {
      if (!rows.has(flow.id)) {
        rows.set(flow.id, flowRow(flow, !forward));
        body.append(rows.get(flow.id).element);
      }
      rows.get(flow.id).update(flow);
    }
    table.hidden = shown.length === 0;
    none.hidden = shown.length > 0;
  }
  show([]);
  return { element: h("div", null, table, none), show };
}

function flowRow(flow, isNamed) {
  const state = h("td", { class: "mid" }), inward = h("td", { class: "number mid" }),
    outward = h("td", { class: "number" }), age = h("td", { class: "number mid" });
  const device = deviceNamed(flow.target.replace(/:\d+$/, "").replace(/^\[|\]$/g, ""));
  const element = h("tr", { "data-test": "flow-row", "data-id": flow.id, "data-name": flow.forward },
    h("th", { scope: "row", class: "num" }, flow.client,
      h("span", { class: "note" }, isNamed && h("a", { class: "only-narrow", href: addressOf(flow.forward) },
      flow.forward), `${flow.transport} to ${flow.external}`)),
    isNamed && h("td", { class: "mid" }, h("a", { href: addressOf(flow.forward) }, flow.forward)),
    h("td", { class: "mid num" }, flow.target, device?.name && h("span", { class: "note plain" }, device.name)),
    state, inward, outward, age,
    h("td", { class: "acts" }, h("button", {
      type: "button", class: "bare", "data-test": "end-flow", "aria-label": `End the flow of ${flow.client}`,
        title: "End this flow", onclick: () => end(flow),
    }, icon("close"))));
  const update = (now) => {
    write(state, `${now.state}, ${now.engine}`);
    write(inward, bytes(now.bytes_in));
    write(outward, bytes(now.bytes_out));
    write(age, now.age === undefined ? "–" : span(now.age));
  };
  return { element, update };
}

async function end(flow) {
  try {
    await call("DELETE", `/v1/flows/${segment(flow.id)}`);
    toast(`The flow of ${flow.client} was ended.`);
  } catch (problem) { failed(problem); }
}

/// Why flows of the relay ended, asked for only when it is looked at.
function ended() {
  const content = h("div");
  const load = async (event) => {
    if (!event.target.open) return;
    try {
      const { flows } = await get("/v1/flows/ended", { limit: 100 });
      replace(content, flows.length ? endedTable(flows) : h("p", { class: "muted" },
        "The relay has ended none yet. The kernel tells nobody why a flow ended."));
    } catch (problem) { failed(problem); }
  };
  return h("details", { class: "card pad", ontoggle: load },
    h("summary", null, "Flows of the relay that ended, and why"), content);
}

function endedTable(flows) {
  return h("table", { "aria-label": "Ended flows" },
    h("thead", null, h("tr", null,
      ["Client", "Forward", "Why", "In", "Out"].map((label, index) => h("th",
      { scope: "col", class: index > 2 ? "number" : null }, label)))),
    h("tbody", null,
      flows.map((flow) => h("tr", null, h("th", { scope: "row", class: "num" }, flow.client),
      h("td", null, flow.forward),
      h("td", null, flow.why), h("td", { class: "number" }, bytes(flow.bytes_in)),
        h("td", { class: "number" }, bytes(flow.bytes_out))))));
}
