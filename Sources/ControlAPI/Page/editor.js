// The dialog that adds a forward or changes one: the form, then the exact change, then the deed.
import { segment } from "./api.js";
import { h, replace, announce } from "./dom.js";
import { ask, conflict, make, picture } from "./change.js";
import { form } from "./editorForm.js";
import { alert, dialog } from "./notice.js";
import { loadForward, loadForwards, store } from "./store.js";

/// `forward` is the one to change, absent for a new one; `preset` fills in what is known already.
export async function edit(forward, preset = {}) {
  let revision = store.revision;
  if (forward) {
    const read = await loadForward(forward.name).catch(() => undefined);
    forward = read?.forward ?? forward;
    revision = read?.revision ?? revision;
  }
  const fields = form(forward, preset);
  const state = { forward, revision, fields, message: h("div") };
  dialog(forward ? `Change ${forward.name}` : "Add a forward", (close) => {
    state.close = close;
    state.body = h("div", { class: "pad" });
    showForm(state);
    return state.body;
  }, { test: "editor", wide: true, oncancel: (event) => warn(state, event) });
  fields.element.addEventListener("input", () => { state.isTouched = true; });
}

/// Escape leads from the change back to the form, and takes away what was typed only when it is pressed twice.
function warn(state, event) {
  if (event.target !== event.currentTarget || !(state.isTouched || state.isReview)) return;
  event.preventDefault();
  if (state.isReview) return showForm(state);
  state.isTouched = false;
  replace(state.message, alert("warn", null, "What you typed is not done yet. Escape once more discards it."));
  announce("What you typed is not done yet. Escape once more discards it.");
}

function showForm(state) {
  state.isReview = false;
  const submit = (event) => {
    event.preventDefault();
    review(state);
  };
  replace(state.body, h("form", { onsubmit: submit, novalidate: true }, state.message, state.fields.element,
    h("div", { class: "buttons" },
      h("button", { type: "button", onclick: state.close }, "Cancel"),
      h("button", { class: "primary", "data-test": "review" }, "Show the change"))));
  state.body.querySelector("input").focus();
}

function changeOf({ forward, fields }) {
  const said = fields.said();
  return forward
    ? { method: "PATCH", path: `/v1/forwards/${segment(forward.name)}`, body: said[0] }
    : { method: "POST", path: "/v1/forwards", body: { forwards: said } };
}

async function review(state) {
  const change = changeOf(state);
  replace(state.message);
  state.fields.clearErrors();
  try {
    showReview(state, change, await ask(change, state.revision));
  } catch (problem) {
    explain(state, problem);
  }
}

function showReview(state, change, answer) {
  state.isReview = true;
  const trial = h("input", { type: "checkbox", "data-test": "trial" });
  const message = h("div");
  const commit = async (event) => {
    event.target.disabled = true;
    try {
      await make(change, state.revision, { confirm: trial.checked ? 60 : undefined });
      state.close();
    } catch (problem) {
      event.target.disabled = false;
      if (problem.isConflict) replace(message, conflict(() => renew(state)));
      else { showForm(state); explain(state, problem); }
    }
  };
  const verb = state.forward ? "Change it" : "Open it";
  const isIdle = answer.changes.length === 0;
  replace(state.body, h("p", { class: "muted" }, "This is what would be done:"), picture(answer), message,
    !isIdle && h("label", { class: "check" }, trial, "Go back by itself after a minute, unless I keep it"),
    h("div", { class: "buttons" },
      h("button", { type: "button", "data-test": "back", onclick: () => showForm(state) }, "Back"),
      h("button", { type: "button", class: "primary", "data-test": "commit", disabled: isIdle, onclick: commit },
        verb)));
  announce(isIdle ? "Nothing would change" : "This is what would be done");
  state.body.querySelector(isIdle ? "[data-test=back]" : "[data-test=commit]").focus();
}

function explain(state, problem) {
  if (problem.isConflict) return replace(state.message, conflict(() => renew(state)));
  const rest = state.fields.showErrors(problem.errors);
  const isAtField = problem.errors.length > rest.length;
  const words = rest.map((error) => [error.message, error.advice].filter(Boolean).join("; "));
  if (!isAtField && !words.length) words.push(problem.message);
  replace(state.message, words.length > 0 && alert("bad", null, words.map((text) => h("p", null, text))));
  if (isAtField) announce("Some entries have to be put right.");
}

/// What was typed stays; what it is compared with is read anew.
async function renew(state) {
  await loadForwards();
  state.revision = store.revision;
  if (state.forward) {
    const read = await loadForward(state.forward.name).catch((problem) => problem);
    if (read instanceof Error) {
      showForm(state);
      return explain(state, read);
    }
    state.forward = read.forward;
    state.revision = read.revision ?? store.revision;
  }
  state.fields.compareWith(state.forward);
  review(state);
}
