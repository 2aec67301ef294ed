// The table of forwards: sorted, searched, live.
import { h, replace, settled, write } from "./dom.js";
import { icon } from "./icons.js";
import { alert } from "./notice.js";
import { addButton } from "./opening.js";
import { plural } from "./format.js";
import { columns, row, update } from "./forwardRow.js";
import { windowed } from "./windowed.js";
import { deviceNamed, loadDevices, store } from "./store.js";

const filters = [
  ["all", "All", () => true], ["in-force", "In force", (one) => one.state === "in-force"],
  ["anywhere", "Open to anybody", (one) => one.state === "in-force" && one.open_to.includes("anywhere")],
  ["not", "Not in force", (one) => one.state !== "in-force"],
  ["limited", "With an end", (one) => Boolean(one.ends)],
    ["device", "Made by devices", (one) => one.origin === "device"],
];

const orders = {
  name: (one) => one.name, external: (one) => Number.parseInt(one.external, 10) || 0, who: (one) => one.open_to.join(),
  state: (one) => one.state, traffic: (one) => one.traffic.bytes_in + one.traffic.bytes_out,
  live: (one) => one.traffic.live ?? 0,
  age: (one) => -Date.parse(one.created), ends: (one) => (one.ends ? Date.parse(one.ends) : Infinity),
  used: (one) => (one.last_used ? Date.parse(one.last_used) : 0),
};
const startsDown = new Set(["traffic", "live", "used"]);

// Kept while the page is open, so that the way back from a forward leads to the same view.
const view = { key: "name", isDown: false, search: "", filter: "all" };

export function page(context) {
  if (context.query.has("search")) view.search = context.query.get("search");
  if (context.query.has("filter")) view.filter = context.query.get("filter");
  const total = h("p", { class: "muted", "data-test": "count", role: "status" });
  const empty = h("div");
  const sort = (key) => {
    view.isDown = view.key === key ? !view.isDown : startsDown.has(key);
    view.key = key;
    order.value = key;
    show();
  };
  const table = windowed({
    caption: "Forwards", row, update, sorted: () => view,
    columns: columns.map((column) => ({ ...column, sort: column.isPlain ? undefined : sort })),
  });

  function show() {
    const found = select();
    table.show(found);
    const all = store.forwards.length;
    write(total, (found.length === all ? plural(all,
      "forward") : `${plural(found.length, "forward")} of ${all.toLocaleString("en-GB")}`)
      + (store.isComplete ? "" : ", loading the rest…"));
    table.table.hidden = found.length === 0;
    replace(empty, found.length === 0 && store.isComplete && nothing(all));
  }

  const order = sortChoice(sort);
  const content = h("div", null, tools(show, order), total, table.table, empty);
  window.addEventListener("scroll", table.scrolled, { passive: true });
  window.addEventListener("resize", table.resized);
  context.onleave(() => {
    window.removeEventListener("scroll", table.scrolled);
    window.removeEventListener("resize", table.resized);
  });
  context.listen("forwards", show);
  context.listen("devices", () => table.refresh((name) => store.byName.get(name)));
  context.listen("counters", () => table.refresh((name) => store.byName.get(name)));
  context.every(30_000, () => table.refresh((name) => store.byName.get(name)));
  if (!store.devices) loadDevices().catch(() => {});
  show();
  return { title: "Forwards", actions: addButton(), content };
}

function tools(show, order) {
  const later = settled(80, show);
  const search = h("input", {
    type: "search", value: view.search, placeholder: "Search name, port, device, comment", "aria-label": "Search",
      "data-test": "search",
    oninput: () => { view.search = search.value; later(); },
  });
  const filter = h("select", {
    "aria-label": "Show", "data-test": "filter", onchange: () => { view.filter = filter.value; show(); },
  }, filters.map(([key, label]) => h("option", { value: key, selected: key === view.filter }, label)));
  return h("div", { class: "tools", role: "search" }, h("div", { class: "search" }, icon("search"), search), filter,
    order);
}

/// Where columns are hidden for want of room, they can be sorted by all the same.
function sortChoice(sort) {
  const choice = h("select", { "aria-label": "Sort by", class: "on-phone", onchange: () => sort(choice.value) },
    columns.filter((column) => !column.isPlain).map(({ key, label }) => h("option",
      { value: key, selected: key === view.key }, `By ${label.toLowerCase()}`)));
  return choice;
}

function select() {
  const words = view.search.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const fits = filters.find(([key]) => key === view.filter)?.[2] ?? (() => true);
  const found = store.forwards.filter((one) => fits(one) && words.every((word) => searchText(one).includes(word)));
  const by = orders[view.key];
  const keyed = found.map((one) => [by(one), one]);
  keyed.sort(([left, one], [right, other]) => (left < right ? -1 : left > right ? 1 : one.name < other.name ? -1 : 1));
  const ordered = keyed.map(([, one]) => one);
  return view.isDown ? ordered.reverse() : ordered;
}

const texts = new WeakMap();

function searchText(forward) {
  if (!texts.has(forward)) {
    const device = forward.targets.map((address) => deviceNamed(address)?.name ?? "").join(" ");
    texts.set(forward, [forward.name, forward.external, forward.to, device, forward.comment, forward.creator,
      forward.open_to.join(" ")].join(" ").toLowerCase());
  }
  return texts.get(forward);
}

function nothing(all) {
  if (all === 0) {
    return h("div", { class: "empty" }, icon("gate"),
      h("p", null, "No port is open. Nothing gets in that you do not name here."));
  }
  return alert("note", "No forward matches.", "Search for something else, or show all of them.");
}
