// Portcullis, the page. Where things begin: signing in, the route, the change of pages.
//
// Hooks for tests (`data-test`; rows have `data-name`, `data-id` or `data-number`, too):
//   skip · nav-PAGE · nav-more · link-state (class `lost`) · requests-badge · warning-CODE · toast, toast-action ·
//   dialog-close · page (data-page) · count (how many rows; says "loading" until the table is whole) ·
//   signing in: signin-form, password, code, signin, signin-message ·
//   overview: summary, open-row, attention-item, ran-out-row, span-hour, span-day, doctor, finding (data-code), fix,
//   wan-check · forwards: add, search, filter, sort-KEY, forward-row, forward-link, state (data-state), toggle, edit,
//   remove · one forward: forward-facts, fact-KEY, toggle, edit, remove ·
//   editor: editor, field-KEY (the input), error-KEY, option (data-value), protocol, port, who-anywhere, who-mine,
//   who-these, end-keep, end-never, end-2h, end-tonight, end-7d, end-until, end-moment, review, back, commit, trial ·
//   change, change-row (data-key), change-warning, change-cost, conflict, reload · review-dialog, remove-commit ·
//   confirm, confirm-keep, confirm-back · flows: filter, flow-row, end-flow · devices: device-row, forward-to ·
//   requests: request, allow-once, allow-always, deny, deny-always, consent-row, take-back ·
//   activity: filter, activity-row (data-kind), difference, go-back, more ·
//   trace: trace-from, trace-to, trace-arrival, trace-live, trace-run, journey, step (data-verdict), outcome (data-outcome) ·
//   settings: theme-system, theme-light, theme-dark, sign-out, password-new, password-save, password-remove, totp-begin,
//   totp-secret, totp-code, totp-save, totp-remove, token-name, token-scope, token-for, token-make, token-secret,
//   token-row, revoke, link-make, link-url, export, apply-file, apply-prune, setting
import { call, caller, Problem } from "./api.js";
import { h, announce, replace } from "./dom.js";
import { alert } from "./notice.js";
import * as live from "./live.js";
import * as shell from "./shell.js";
import { loadForwards, loadRequests, loadStatus, loadTraffic, listen, store } from "./store.js";

const main = document.getElementById("main");
const modules = {
  overview: () => import("./overview.js"), forwards: () => import("./forwards.js"),
  forward: () => import("./forward.js"), flows: () => import("./flows.js"), devices: () => import("./devices.js"),
  requests: () => import("./requests.js"), activity: () => import("./activity.js"),
  trace: () => import("./trace.js"), settings: () => import("./settings.js"),
};

let leave = () => {};
let turn = 0;
let isStarted = false;

async function begin() {
  shell.build();
  caller.signedOut = signIn;
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    main.focus();
  });
  window.addEventListener("hashchange", () => (codeInAddress() ? useLink() : route()));
  if (codeInAddress()) return useLink();
  if (memory.isKnown) resume();
  else signIn();
}

/// The cookie cannot be seen from here; this says whether asking for the session is worth it.
const memory = {
  get isKnown() {
    try { return localStorage.getItem("signed-in") === "yes"; } catch { return true; }
  },
  set isKnown(value) {
    try { localStorage.setItem("signed-in",
      value ? "yes" : "no"); } catch { /* Storage is switched off: the session is asked for each time. */ }
  },
};

async function resume() {
  try {
    enter((await call("GET", "/v1/session", { quietly: true })).value);
  } catch (problem) {
    if (problem.status === 401) return signIn();
    replace(main, alert("bad", "The gateway does not answer.", problem.message));
    setTimeout(resume, 3000);
  }
}

const codeInAddress = () => /^#link=(.+)$/.exec(location.hash)?.[1];

/// The code is of use once; it is taken out of the address before anything can be copied or kept in the history.
async function useLink() {
  const link = codeInAddress();
  history.replaceState(null, "", "#/overview");
  try {
    enter((await call("POST", "/v1/session", { body: { link }, quietly: true })).value);
  } catch (problem) {
    signIn(problem);
  }
}

function enter(session) {
  store.session = session;
  caller.csrf = session.csrf ?? "";
  shell.show(true);
  load();
  live.open();
  isStarted = memory.isKnown = true;
  route();
}

function load() {
  for (const loading of [loadForwards(), loadStatus(), loadRequests(), loadTraffic("hour")]) {
    loading.catch((problem) => { if (problem instanceof Problem && problem.status !== 401) announce(problem.message); });
  }
}

async function signIn(problem) {
  leavePage();
  live.close();
  store.session = undefined;
  store.forwards = [];
  caller.csrf = "";
  isStarted = memory.isKnown = false;
  shell.show(false);
  const own = (turn += 1);
  const { view } = await import("./signin.js");
  if (own !== turn || isStarted) return;
  document.title = "Sign in · Portcullis";
  replace(main, view(enter, problem));
  main.querySelector("input:not([hidden])").focus();
}

function leavePage() {
  leave();
  leave = () => {};
}

/// `#/forwards/nas` is the page `forward` of `nas`; what follows a `?` is the page's own.
function whereTo() {
  const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
  const [name, argument] = path.split("/").map(decodeURIComponent);
  const known = modules[name] && name !== "forward" ? name : "overview";
  return {
    tab: known, page: known === "forwards" && argument ? "forward" : known, argument,
    query: new URLSearchParams(query ?? ""),
  };
}

async function route() {
  if (!isStarted) return;
  const { tab, page, argument, query } = whereTo();
  const own = (turn += 1);
  const module = await modules[page]();
  if (own !== turn) return;
  leavePage();
  const ends = [];
  const context = {
    argument, query,
    onleave: (action) => ends.push(action),
    listen: (topic, action) => ends.push(listen(topic, action)),
    every: (milliseconds, action) => {
      const timer = setInterval(action, milliseconds);
      ends.push(() => clearInterval(timer));
    },
  };
  leave = () => ends.forEach((end) => end());
  live.want(page === "flows" ? ["flows"] : []);
  present(module.page(context), page, tab);
}

function present({ title, actions, content }, page, tab) {
  shell.mark(tab);
  document.title = `${title} · Portcullis`;
  const heading = h("h1", { tabindex: "-1" }, title);
  replace(main, h("div", { "data-test": "page", "data-page": page },
    h("div", { class: "page-head" }, heading, actions && h("div", { class: "actions" }, actions)), content));
  window.scrollTo(0, 0);
  // The first page of a visit leaves the focus at the top, so that the skip link is the first stop.
  if (present.hasRun) heading.focus({ preventScroll: true });
  present.hasRun = true;
}

begin();
