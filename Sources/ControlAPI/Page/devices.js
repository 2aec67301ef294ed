// The devices that were seen inside, and what each of them has open.
import { h, replace, write } from "./dom.js";
import { icon } from "./icons.js";
import { failed } from "./notice.js";
import { edit } from "./opening.js";
import { plural } from "./format.js";
import { addressOf } from "./forwardRow.js";
import { loadDevices, store } from "./store.js";
import { stateWords } from "./words.js";

export function page(context) {
  const total = h("p", { class: "muted", role: "status", "data-test": "count" });
  const body = h("tbody");
  const show = () => {
    if (!store.devices) return;
    const open = store.devices.filter((device) => device.forwards.length).length;
    write(total, `${plural(store.devices.length, "device")} seen; ${open || "none"} with ports open`);
    replace(body, ordered(store.devices).map(row));
  };
  context.listen("devices", show);
  context.listen("forwards", () => loadDevices().catch(() => {}));
  context.every(20_000, () => loadDevices().catch(() => {}));
  loadDevices().catch(failed);
  show();
  const table = h("table", { "aria-label": "Devices" }, h("thead", null, h("tr", null,
    h("th", { scope: "col" }, "Device"), h("th", { scope: "col", class: "mid" }, "Addresses"),
      h("th", { scope: "col", class: "spare" }, "Hardware"),
    h("th", { scope: "col" }, "Open to the outside"),
      h("th", { scope: "col", class: "acts" }, h("span", { class: "unseen" }, "Actions")))), body);
  return { title: "Devices", content: h("div", null, total, h("div", { class: "card" }, table)) };
}

function ordered(devices) {
  const number = (device) => device.address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0) || 0;
  return [...devices].sort((one,
    other) => (other.forwards.length > 0) - (one.forwards.length > 0) || number(one) - number(other));
}

function row(device) {
  const { address, name, mac, maker } = device;
  const others = (device.addresses ?? []).filter((one) => one !== address);
  return h("tr", { "data-test": "device-row", "data-name": name ?? address, "data-address": address },
    h("th", { scope: "row" }, name ?? address,
      h("span", { class: "note" }, [maker, device.interface].filter(Boolean).join(" · "))),
    h("td", { class: "mid num" }, address, others.map((one) => h("span", { class: "note" }, one))),
    h("td", { class: "spare num" }, mac ?? "–"),
    h("td", null, device.forwards.length ? h("ul", { class: "tags" }, device.forwards.map(tag)) : h("span",
      { class: "muted" }, "nothing")),
    h("td", { class: "acts" }, h("button", {
      type: "button", class: "small", "data-test": "forward-to", "aria-label": `Forward a port to ${name ?? address}`,
        onclick: () => edit(undefined, { to: written(address) }),
    }, icon("plus"), h("span", null, "Forward"))));
}

const written = (address) => (address.includes(":") ? `[${address}]` : address);

function tag(name) {
  const forward = store.byName.get(name);
  const isOff = forward && forward.state !== "in-force";
  return h("li", null, h("a", { href: addressOf(name), class: isOff ? "tag off" : "tag" }, name,
    forward && h("span", { class: "num muted" }, ` ${forward.external}`),
      isOff && h("span", { class: "unseen" }, `, ${stateWords(forward.state)}`)));
}
