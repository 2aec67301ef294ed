// What is in effect, who one is, and how one gets in.
import { call, caller, get } from "./api.js";
import { h, replace, fresh } from "./dom.js";
import { icon } from "./icons.js";
import { alert, failed } from "./notice.js";
import { capital, clock } from "./format.js";
import { links, password, secondFactor } from "./account.js";
import { table } from "./tableFile.js";
import { tokens } from "./tokens.js";
import { store } from "./store.js";

export function page() {
  const { session } = store;
  const isAdmin = session?.scope === "admin";
  const effect = h("div");
  get("/v1/settings").then((all) => replace(effect, inEffect(all)),
    (problem) => replace(effect, alert("bad", null, problem.message)));
  return {
    title: "Settings",
    content: h("div", { class: "settings" },
      h("div", { class: "columns even" },
        section("Appearance", theme()), section("This session", sessionFacts(session)),
        isAdmin && section("Password", password()), isAdmin && section("Second factor", secondFactor()),
        isAdmin && section("Sign in elsewhere", links()), section("The whole table", table())),
      isAdmin && section("Tokens for programs", tokens()),
      section("In effect", effect)),
  };
}

const section = (title, content) => h("section", { class: "card pad" }, h("h2", null, title), content);

function theme() {
  const name = fresh("theme");
  const present = localStorage.getItem("theme") ?? "system";
  const pick = (value) => {
    if (value === "system") {
      localStorage.removeItem("theme");
      delete document.documentElement.dataset.theme;
    } else {
      localStorage.setItem("theme", value);
      document.documentElement.dataset.theme = value;
    }
  };
  return h("div", { class: "chips", role: "radiogroup", "aria-label": "Theme" },
    [["system", "As the system"], ["light", "Light"], ["dark", "Dark"]].map(([value, label]) => h("label", null,
      h("input", { type: "radio", name, checked: value === present, "data-test": `theme-${value}`,
        onchange: () => pick(value) }), h("span", null, label))));
}

function sessionFacts({ caller: who, scope, address, expires }) {
  const out = async () => {
    try { await call("DELETE", "/v1/session"); } catch (problem) { if (problem.status !== 401) return failed(problem); }
    history.replaceState(null, "", "#/overview");
    caller.signedOut();
  };
  return [
    h("dl", { class: "facts" }, h("dt", null, "Who"), h("dd", null, who), h("dt", null, "May"),
      h("dd", null, scopes[scope] ?? scope),
      address && [h("dt", null, "From"), h("dd", { class: "num" }, address)],
        expires && [h("dt", null, "Until"), h("dd", null, clock(expires))]),
    h("div", { class: "buttons start" }, h("button", { type: "button", "data-test": "sign-out", onclick: out },
      "Sign out")),
  ];
}

export const scopes = { read: "look", operate: "look, and change forwards", admin: "do everything" };

/// Whatever the gateway says: tables in tables become headed lists.
function inEffect(all) {
  return h("div", { class: "effect" }, Object.entries(all).map(([name, value]) => (isTable(value)
    ? h("div", null, h("h3", null, readable(name)), facts(value)) : facts({ [name]: value }))));
}

const isTable = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const acronyms = new Set(["api", "wan", "lan", "stun", "upnp", "tls", "mss", "dns"]);
const readable = (key) => capital(key.split("_").map((word) => (acronyms.has(word) ? word.toUpperCase() : word)).join(" "));

function facts(values) {
  return h("dl", { class: "facts" }, Object.entries(values).map(([key, value]) => [
    h("dt", null, readable(key)), h("dd", { "data-test": "setting", "data-name": key }, content(value))]));
}

function content(value) {
  if (value === true || value === false) return h("span", { class: value ? "yes" : "muted" },
    value && [icon("check"), " "], value ? "yes" : "no");
  if (value === null || value === "") return h("span", { class: "muted" }, "not set");
  if (Array.isArray(value)) return value.length ? value.map((one) => (isTable(one) ? facts(one) : h("div",
    { class: "num" }, String(one)))) : h("span", { class: "muted" }, "none");
  return isTable(value) ? facts(value) : h("span", { class: "num" }, String(value));
}
