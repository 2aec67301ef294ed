// One row of the table of forwards.
import { segment } from "./api.js";
import { h, replace, write } from "./dom.js";
import { icon } from "./icons.js";
import { askAndMake, makeAtOnce } from "./change.js";
import { edit } from "./opening.js";
import { ago, bytes, count, rate, rough, since, until, moment } from "./format.js";
import { deviceNamed, rateOf, store } from "./store.js";
import { openToMark, stateMark } from "./words.js";

export const columns = [
  { key: "name", label: "Name" }, { key: "external", label: "Port and target", kind: "way" },
    { key: "who", label: "Open to", kind: "mid who-cell" },
  { key: "state", label: "State", kind: "status" }, { key: "traffic", label: "Traffic", kind: "number" },
  { key: "live", label: "Live", kind: "number roomy live" }, { key: "age", label: "Age", kind: "number spare age" },
  { key: "ends", label: "Ends", kind: "number roomy" }, { key: "used", label: "Last used", kind: "number spare" },
  { key: "actions", label: "Actions", kind: "acts", isPlain: true },
];

export const removeForward = (name) => askAndMake(`Remove ${name}?`,
  { method: "DELETE", path: `/v1/forwards/${segment(name)}` },
    { verb: "Remove it", danger: true, test: "remove-commit" });

export const switchForward = (name) => makeAtOnce(
  { method: "PATCH", path: `/v1/forwards/${segment(name)}`, body: { enabled: !store.byName.get(name).enabled } });

export const addressOf = (name) => `#/forwards/${segment(name)}`;

export function row(forward) {
  const { name } = forward;
  const cells = Object.fromEntries(columns.slice(1, -1).map(({ key, kind }) => [key, h("td", { class: kind })]));
  const note = h("span", { class: "note" });
  const total = h("span"), now = h("span", { class: "note" });
  cells.traffic.append(total, now);
  const port = h("span", { class: "note way-note" });
  const first = h("th", { scope: "row" }, h("a", { href: addressOf(name), title: name, "data-test": "forward-link" },
    name), note, port);
  const toggle = button("toggle", "stop", () => switchForward(name));
  const element = h("tr", { "data-test": "forward-row", "data-name": name }, first, Object.values(cells),
    h("td", { class: "acts" }, toggle, button("edit", "edit", () => edit(store.byName.get(name)), `Change ${name}`),
      button("remove", "remove", () => removeForward(name), `Remove ${name}`)));
  parts.set(element, { cells, note, port, toggle, total, now });
  return element;
}

const parts = new WeakMap();

function button(test, drawing, onclick, label) {
  return h("button", { type: "button", class: "bare", "data-test": test, onclick, "aria-label": label, title: label },
    icon(drawing));
}

/// What changes each second is text; the rest is made anew only when the forward is another.
export function update(element, forward) {
  const part = parts.get(element);
  if (part.forward !== forward || part.devices !== store.devices) draw(element, part, forward);
  const { cells } = part;
  const now = rateOf(forward.name);
  const { traffic } = forward;
  const isBusy = now.in + now.out >= 1;
  write(part.total, bytes(traffic.bytes_in + traffic.bytes_out));
  write(part.now, isBusy ? rate(now.in + now.out) : "");
  write(cells.live, traffic.live ? count(traffic.live) : "–");
  write(cells.age, rough(since(forward.created)));
  write(cells.ends, forward.ends ? until(forward.ends, rough) : "–");
  write(cells.used, ago(forward.last_used, rough));
  element.classList.toggle("busy", isBusy);
}

function draw(element, part, forward) {
  Object.assign(part, { forward, devices: store.devices });
  const { cells, note, port, toggle } = part;
  const device = deviceNamed(forward.targets[0]);
  write(note, forward.comment);
  note.hidden = !forward.comment;
  write(port, `${forward.external} → ${device?.name ?? forward.to}`);
  replace(cells.external, h("span", { class: "num" }, place(forward)),
    h("span", { class: "note num" }, `→ ${forward.to}`,
      device?.name && device.name !== forward.to && h("span", { class: "plain" }, ` ${device.name}`)));
  replace(cells.who, openToMark(forward));
  replace(cells.state, stateMark(forward.state));
  cells.ends.title = forward.ends ? moment(forward.ends) : "";
  const words = forward.enabled ? `Switch ${forward.name} off` : `Switch ${forward.name} on`;
  toggle.setAttribute("aria-label", words);
  toggle.title = words;
  replace(toggle, icon(forward.enabled ? "pause" : "play"));
  element.classList.toggle("off", forward.state !== "in-force");
}

export function place(forward) {
  const where = forward.on ?? forward.at;
  return where ? `${forward.external} at ${where}` : forward.external;
}
