// Who did what, when, from where, and with what difference.
import { get } from "./api.js";
import { h, replace, settled } from "./dom.js";
import { icon } from "./icons.js";
import { alert, failed } from "./notice.js";
import { askAndMake, picture } from "./change.js";
import { clock, moment } from "./format.js";
import { addressOf } from "./forwardRow.js";
import { origins } from "./words.js";
import { store } from "./store.js";

const kinds = {
  "added": ["added", "good"], "changed": ["changed", "note"], "removed": ["removed", "bad"],
  "ended": ["ended", "quiet"], "refused": ["refused", "warn"],
  "followed": ["followed its target", "note"], "network": ["network", "quiet"], "started": ["gateway started", "quiet"],
  "stopped": ["gateway stopped", "quiet"],
  "failed": ["failed", "bad"], "restored": ["table restored", "warn"], "contested": ["table contested", "bad"],
  "confirmed": ["confirmed", "good"],
  "rolled-back": ["rolled back", "note"], "setting": ["setting of the kernel", "note"], "asked": ["asked", "warn"],
  "consented": ["answered", "good"], "flow-ended": ["flow ended", "quiet"],
};

const itself = new Set(["clock", "gateway", "configuration"]);

export function page(context) {
  const holder = h("div");
  const search = h("input", {
    type: "search", placeholder: "Only one forward: its name", "aria-label": "Only one forward", "data-test": "filter",
      value: context.query.get("forward") ?? "",
    oninput: settled(300, () => show()),
  });
  const show = () => replace(holder, activityList(context, { forward: search.value.trim() || undefined, limit: 50 }));
  show();
  return {
    title: "Activity",
    content: h("div", null, h("div", { class: "tools", role: "search" },
      h("div", { class: "search" }, icon("search"), search)), h("div", { class: "card" }, holder)),
  };
}

/// The newest first; what happens while it is looked at comes in on top.
export function activityList(context, { forward, limit }) {
  const list = h("ol", { class: "activity" });
  const none = h("p", { class: "pad muted", hidden: true }, "Nothing yet.");
  const seen = new Set();
  let oldest;
  const more = h("div", { class: "pad", hidden: true },
    h("button", { type: "button", "data-test": "more", onclick: () => load(oldest) }, "Earlier"));

  async function load(before) {
    try {
      const { activity, next } = await get("/v1/activity", { forward, limit, before });
      list.append(...activity.filter(isNew).map(entry));
      oldest = activity.at(-1)?.number ?? oldest;
      more.hidden = next === undefined && activity.length < limit;
      none.hidden = list.children.length > 0;
    } catch (problem) { failed(problem); }
  }

  function isNew({ number }) {
    if (number === undefined) return true;
    if (seen.has(number)) return false;
    seen.add(number);
    return true;
  }

  context.listen("activity", async (one) => {
    if (one ? forward && one.forward !== forward : !list.isConnected) return;
    const newer = one ? [one] : (await get("/v1/activity",
      { forward, limit }).catch(() => ({ activity: [] }))).activity;
    list.prepend(...newer.filter(isNew).map(entry));
    none.hidden = list.children.length > 0;
  });
  load();
  return [list, none, more];
}

export function entry(one) {
  const [words, tone] = kinds[one.kind] ?? [one.kind, "note"];
  const from = [!itself.has(one.who) && origins[one.origin], one.from && `from ${one.from}`].filter(Boolean).join(", ");
  return h("li", { "data-test": "activity-row", "data-kind": one.kind, "data-name": one.forward ?? "",
    "data-number": one.number },
    h("div", { class: "entry" },
      h("span", { class: `pill ${tone}` }, words),
      h("p", { class: "what" }, one.forward && [h("a", { href: addressOf(one.forward) }, one.forward), " "],
        h("span", null, one.detail)),
      h("p", { class: "muted who-when" }, h("b", null, one.who), from && ` ${from}`, ", ",
        h("time", { datetime: one.time, title: moment(one.time) }, clock(one.time)))),
    one.revision > 0 && difference(one.revision));
}

function difference(revision) {
  const content = h("div");
  const load = async (event) => {
    if (!event.target.open || content.firstChild) return;
    try {
      const answer = await get("/v1/difference", { from: revision - 1, to: revision });
      replace(content, picture(answer), back(revision - 1));
    } catch (problem) {
      replace(content, alert("note", null, problem.message));
    }
  };
  return h("details", { ontoggle: load }, h("summary", { "data-test": "difference" }, "Difference"), content);
}

function back(to) {
  if (store.session?.scope === "read") return undefined;
  return h("div", { class: "buttons" }, h("button", {
    type: "button", class: "small", "data-test": "go-back",
    onclick: () => askAndMake(`Go back to revision ${to}?`, { method: "POST", path: "/v1/rollback", query: { to } },
      { verb: "Go back", test: "commit" }),
  }, icon("undo"), "Go back to before this"));
}
