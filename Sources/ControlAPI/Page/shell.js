// The frame around every page: the head, the navigation, the lasting warnings.
import { h, replace, write } from "./dom.js";
import { icon } from "./icons.js";
import { listen, store } from "./store.js";
import { rate } from "./format.js";
import { alert } from "./notice.js";

export const pages = [
  ["overview", "Overview", true], ["forwards", "Forwards", true], ["flows", "Flows", true],
  ["devices", "Devices"], ["requests", "Requests", true], ["activity", "Activity"],
  ["trace", "Trace"], ["settings", "Settings"],
];

const top = document.getElementById("top");
const nav = document.getElementById("nav");
const link = h("p", { class: "link-state", "data-test": "link-state", role: "status" });
const badge = h("span", { class: "badge", hidden: true, "data-test": "requests-badge" });
const inNow = h("span"), outNow = h("span");
const throughput = h("p", { class: "throughput num", "aria-hidden": "true" }, inNow, outNow);
const warnings = h("section", { class: "lasting", "aria-label": "Warnings", hidden: true });
const sentences = {
  "reachable-from-wan": ["This page can be reached from the internet.",
    "The settings force it. Better: take the WAN address out of [api] listen, and come in over a VPN."],
};

export function build() {
  replace(top, h("a", { class: "brand", href: "#/overview" }, icon("gate"), "Portcullis"), throughput, link);
  const more = h("button", {
    type: "button", class: "tab more", "aria-expanded": "false", "data-test": "nav-more",
      onclick: () => unfold(!nav.classList.contains("open")),
  }, icon("more"), "More");
  replace(nav, h("ul", null, pages.map(tab), h("li", { class: "on-phone" }, more)));
  top.after(warnings);
  listen("link", showLink);
  listen("requests", showBadge);
  listen("counters", showThroughput);
}

function tab([name, label, isMain]) {
  return h("li", { class: isMain ? null : "second" },
    h("a", { class: "tab", href: `#/${name}`, "data-test": `nav-${name}`, onclick: () => unfold(false) },
      icon(name), h("span", null, label), name === "requests" && badge));
}

function unfold(isOpen) {
  nav.classList.toggle("open", isOpen);
  nav.querySelector(".more").setAttribute("aria-expanded", String(isOpen));
}

export function show(isSignedIn) {
  top.hidden = nav.hidden = !isSignedIn;
  document.body.classList.toggle("signed-in", isSignedIn);
  document.body.classList.toggle("read-only", store.session?.scope === "read");
  const lasting = isSignedIn ? store.session?.warnings ?? [] : [];
  warnings.hidden = lasting.length === 0;
  replace(warnings, lasting.map(warning));
}

function warning(code) {
  const [title, text] = sentences[code] ?? [code];
  const element = alert("warn", title, text);
  element.dataset.test = `warning-${code}`;
  return element;
}

export function mark(page) {
  for (const entry of nav.querySelectorAll("a")) {
    if (entry.getAttribute("href") === `#/${page}`) entry.setAttribute("aria-current", "page");
    else entry.removeAttribute("aria-current");
  }
  nav.classList.toggle("in-more", !pages.find(([name]) => name === page)?.[2]);
}

function showLink(isLive) {
  link.classList.toggle("lost", !isLive);
  document.body.classList.toggle("lost", !isLive);
  write(link, isLive ? "Live" : "Connection lost. What you see may be old; trying again…");
}

function showBadge() {
  badge.hidden = store.requests.length === 0;
  replace(badge, String(store.requests.length), h("span", { class: "unseen" }, " waiting"));
}

function showThroughput() {
  let inward = 0, outward = 0;
  for (const now of store.rates.values()) { inward += now.in; outward += now.out; }
  write(inNow, `↓ ${rate(inward)}`);
  write(outNow, `↑ ${rate(outward)}`);
}
