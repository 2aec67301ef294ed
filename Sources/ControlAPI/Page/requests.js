// What devices ask for and nobody has decided; and what was said for good.
import { call, get } from "./api.js";
import { h, replace, write } from "./dom.js";
import { icon } from "./icons.js";
import { failed, toast } from "./notice.js";
import { ago, span } from "./format.js";
import { deviceNamed, loadDevices, loadRequests, reloadSoon, store } from "./store.js";

export function page(context) {
  const total = h("p", { class: "muted", role: "status" });
  const list = h("ul", { class: "cards" });
  const consents = h("div");
  const show = () => {
    const waiting = store.requests.length;
    write(total, waiting ? `${waiting} waiting. Until you decide, the port stays closed.` : "No device waits for an answer.");
    replace(list, store.requests.map((request) => h("li", null, card(request, true))));
  };
  const loadConsents = () => get("/v1/consents").then((value) => replace(consents,
    consentTable(value.consents, loadConsents))).catch(failed);
  context.listen("requests", () => { show(); loadConsents(); });
  context.listen("devices", show);
  loadRequests().catch(failed);
  loadConsents();
  if (!store.devices) loadDevices().catch(() => {});
  show();
  return { title: "Requests", content: h("div", null, total, list,
    h("section", null, h("h2", null, "Said for good"), consents)) };
}

/// One request; on the overview with the two usual answers only.
export function card(request, isWhole) {
  const { id, device, mac, protocol, ports, external, lifetime, comment } = request;
  const known = deviceNamed(device);
  const who = known?.name ?? device;
  const about = `${who}, ${ports}`;
  const wishes = external && !ports.startsWith(`${external}/`) ? ` as ${external} outside` : "";
  const answer = (test, verb, always, words, kind, drawing) => h("button", {
    type: "button", class: kind, "data-test": test, "aria-label": `${words}: ${about}`,
      onclick: () => settle(id, verb, always, about),
  }, drawing && icon(drawing), words);
  return h("article", { class: "card pad request", "data-test": "request", "data-id": id, "data-device": device },
    h("div", null,
      h(isWhole ? "h2" : "h3", null, who, " asks for ", h("span", { class: "num" }, ports), wishes),
      h("p", { class: "muted" }, [known?.name && device, mac, known?.maker, `by ${protocol}`,
        lifetime && `for ${span(lifetime)}`,
        request.count > 1 ? `asked ${request.count} times, last ${ago(request.last)}` : `asked ${ago(request.first)}`,
          comment && `says “${comment}”`].filter(Boolean).join(" · "))),
    h("div", { class: "buttons" },
      answer("allow-once", "allow", false, "Allow once", "primary", "check"),
      isWhole && answer("allow-always", "allow", true, "Always allow"),
      answer("deny", "deny", false, "Deny"),
      isWhole && answer("deny-always", "deny", true, "Never allow", "danger quiet")));
}

async function settle(id, verb, always, about) {
  try {
    await call("POST", `/v1/requests/${id}/${verb}`, { query: { always: always ? "true" : undefined } });
    toast(`${verb === "allow" ? "Allowed" : "Denied"}${always ? " for good" : verb === "deny" ? " for an hour" : ""}: ${about}`);
  } catch (problem) { failed(problem); }
  loadRequests().catch(() => {});
  reloadSoon();
}

function consentTable(consents, reload) {
  if (!consents.length) return h("p", { class: "muted" },
    "Nothing. “Always allow” and “Never allow” are kept here, and can be taken back.");
  const takeBack = async (number) => {
    try {
      await call("DELETE", `/v1/consents/${number}`);
      toast("Taken back. The device will have to ask again.");
    } catch (problem) { failed(problem); }
    reload();
  };
  return h("div", { class: "card" }, h("table", { "aria-label": "Said for good" },
    h("thead", null, h("tr", null, ["Device", "Port", "Answer"].map((label) => h("th", { scope: "col" }, label)),
      h("th", { scope: "col", class: "acts" }, h("span", { class: "unseen" }, "Actions")))),
    h("tbody", null,
      consents.map(({ number, device, port, allowed }) => h("tr", { "data-test": "consent-row", "data-number": number },
      h("th", { scope: "row", class: "num" }, device), h("td", { class: "num" }, String(port)),
      h("td", null, h("span", { class: allowed ? "pill good" : "pill bad" }, icon(allowed ? "check" : "stop"),
        allowed ? "Allowed" : "Denied")),
      h("td", { class: "acts" }, h("button",
        { type: "button", class: "small", "data-test": "take-back",
        "aria-label": `Take back what was said to ${device}`, onclick: () => takeBack(number) }, icon("undo"),
        h("span", null, "Take back"))))))));
}
