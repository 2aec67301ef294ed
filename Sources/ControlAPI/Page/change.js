// A change of the table: asked first, shown, made on condition, and taken back.
import { call } from "./api.js";
import { h } from "./dom.js";
import { alert, failed, toast, dialog } from "./notice.js";
import { plural, clock, capital, moment } from "./format.js";
import { loadForwards, reloadSoon, store } from "./store.js";
import { labelOf } from "./fields.js";

/// A change is `{ method, path, body, query }`. This asks what it would do, and does nothing.
export async function ask(change, revision) {
  const { method, path, body, query } = change;
  return (await call(method, path, { body, revision, query: { ...query, dry_run: "true" } })).value;
}

/// Makes it if the table is still at `revision`; `confirm` seconds later it goes back unless it is kept.
export async function make(change, revision, { confirm } = {}) {
  const { method, path, body, query } = change;
  const answer = (await call(method, path, { body, revision, query: { ...query, confirm } })).value;
  store.revision = answer.revision;
  reloadSoon();
  if (answer.confirm_by) awaitWord(answer);
  else if (answer.changes.length) offerUndo(answer, revision);
  else toast("Nothing had to be changed.");
  return answer;
}

const overtaken = "Somebody else changed the table. It is up to date now: look, and try again.";

/// For a switch in a row: no questions, but a way back.
export async function makeAtOnce(change) {
  try {
    return await make(change, store.revision);
  } catch (problem) {
    if (!problem.isConflict) return failed(problem);
    await loadForwards();
    toast(overtaken, { kind: "failed" });
  }
}

let closeOffer = () => {};

/// Only the last change can be taken back; an older offer would be refused.
function offerUndo(answer, before) {
  closeOffer();
  closeOffer = toast(sentence(answer), { action: { label: "Undo", run: () => undo(before, answer.revision) } });
}

export function sentence({ changes, flows_ended: ended }) {
  const what = changes.length === 1
    ? `${changes[0].name} was ${changes[0].kind}` : `${plural(changes.length, "forward")} were changed`;
  return ended ? `${what}; ${plural(ended, "flow")} ended` : what;
}

async function undo(to, revision) {
  try {
    const { value } = await call("POST", "/v1/rollback", { query: { to }, revision });
    store.revision = value.revision;
    toast("It is as it was before.");
  } catch (problem) {
    toast(problem.isConflict
      ? "The table has been changed since. To go back from here, choose a revision in Activity." : problem.message,
        { kind: "failed" });
  }
  reloadSoon();
}

function awaitWord(answer) {
  const by = clock(answer.confirm_by);
  dialog("Keep this change?", (close) => {
    const say = async (path, words) => {
      close();
      try {
        await call("POST", path);
        toast(words);
      } catch (problem) { failed(problem); }
      reloadSoon();
    };
    return h("div", { class: "pad" },
      h("p", null, `It is in effect. Unless you keep it, it goes back by itself (${by}).`),
      h("div", { class: "buttons" },
        h("button", { type: "button", "data-test": "confirm-back",
          onclick: () => say("/v1/rollback", "It is as it was before.") }, "Go back now"),
        h("button", { type: "button", class: "primary", "data-test": "confirm-keep",
          onclick: () => say("/v1/confirm", "The change is kept.") }, "Keep it")));
  }, { test: "confirm" });
}

/// What an answer says would happen: before and after, warnings and costs.
export function picture(answer) {
  if (!answer.changes.length) return h("p", { class: "muted", "data-test": "change" }, "Nothing would change.");
  const shown = answer.changes.slice(0, 50);
  return h("div", { "data-test": "change", class: "change" },
    shown.map(oneChange),
    answer.changes.length > 50 && h("p", { class: "muted" }, `and ${answer.changes.length - 50} more`),
    answer.warnings.map((text) => {
      const element = alert("warn", null, h("p", null, text));
      element.dataset.test = "change-warning";
      return element;
    }));
}

function oneChange({ kind, name, before, after, cost }) {
  const keys = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])]
    .filter((key) => kind !== "changed" || text(before[key]) !== text(after[key]));
  return h("div", { class: "diff" },
    h("p", { class: "diff-head" }, h("span", { class: `pill ${kindTones[kind]}` }, capital(kind)), " ", name),
    h("table", null,
      h("thead", null, h("tr", null, h("th", { scope: "col" }, "Setting"),
        before && h("th", { scope: "col" }, "Before"), after && h("th", { scope: "col" }, "After"))),
      h("tbody", null, keys.map((key) => h("tr", { "data-test": "change-row", "data-key": key },
        h("th", { scope: "row" }, labelOf(key)),
        before && h("td", { class: after && key in before ? "old" : null }, value(before[key])),
        after && h("td", { class: before ? "new" : null }, value(after[key])))))),
    cost && costLine(cost));
}

const kindTones = { added: "good", changed: "note", removed: "bad" };

const text = (value) => JSON.stringify(value) ?? "";

function value(content) {
  if (content === undefined || content === null) return h("span", { class: "muted" }, "as usual");
  if (Array.isArray(content)) return content.length ? content.map((one) => h("div", null, String(one))) : "none";
  if (typeof content === "boolean") return content ? "yes" : "no";
  if (typeof content === "object") return JSON.stringify(content);
  return /^\d{4}-\d\d-\d\dT[\d:]+Z$/.test(content) ? moment(content) : String(content);
}

function costLine({ connections, datagram_flows: datagrams }) {
  const parts = [connections && plural(connections, "connection"),
    datagrams && plural(datagrams, "datagram flow")].filter(Boolean);
  return h("p", { class: "cost", "data-test": "change-cost" }, `This ends ${parts.join(" and ")}.`);
}

/// Shows what a change would do in a dialog of its own, and makes it if that is wanted.
export async function askAndMake(title, change, { verb, danger = false, test = "commit" }) {
  const revision = store.revision;
  let answer;
  try { answer = await ask(change, revision); } catch (problem) {
    if (problem.isConflict) await loadForwards();
    return failed(problem.isConflict ? { message: overtaken } : problem);
  }
  dialog(title, (close) => {
    const message = h("div");
    const commit = async () => {
      try { await make(change, revision); close(); } catch (problem) {
        message.replaceChildren(problem.isConflict ? conflict(() => { close(); again(); }) : alert("bad", null,
          problem.message));
      }
    };
    const again = async () => { await loadForwards(); askAndMake(title, change, { verb, danger, test }); };
    return h("div", { class: "pad" }, picture(answer), message, h("div", { class: "buttons" },
      h("button", { type: "button", onclick: close }, "Cancel"),
      answer.changes.length > 0
        && h("button", { type: "button", class: danger ? "danger" : "primary", "data-test": test, onclick: commit,
          autofocus: true }, verb)));
  }, { test: "review-dialog" });
}

export function conflict(reload) {
  const element = alert("warn", "Somebody else changed the table.",
    h("p", null, "Nothing was done. Load what it says now, and look at the change once more; what you typed stays."),
    h("button", { type: "button", "data-test": "reload", onclick: reload }, "Reload"));
  element.dataset.test = "conflict";
  element.setAttribute("role", "alert");
  return element;
}
