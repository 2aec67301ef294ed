// What asks for attention: requests, forwards that are not in force, ends that are near; the doctor when asked.
import { call, get } from "./api.js";
import { h, replace } from "./dom.js";
import { icon } from "./icons.js";
import { alert, failed, toast } from "./notice.js";
import { capital, count, since, until } from "./format.js";
import { addressOf } from "./forwardRow.js";
import { card } from "./requests.js";
import { store } from "./store.js";
import { longer, stateMark, tones } from "./words.js";

const few = 5;
const troubled = new Set(["target-unknown", "no-wan-address", "suspended", "used-up"]);

export function attention(context) {
  const list = h("div", { class: "stack" });
  const findings = h("div", { class: "stack", "aria-live": "polite" });
  const show = () => {
    const items = [...requests(), ...contested(), ...troubles(), ...ending()];
    replace(list, items.length ? items : h("p", { class: "calm" }, icon("check"), "Nothing asks for attention."));
  };
  for (const topic of ["forwards", "requests", "status", "devices"]) context.listen(topic, show);
  show();
  return h("section", { class: "card pad", "aria-label": "Attention" }, h("h2", null, "Attention"), list,
    h("div", { class: "buttons start" },
      h("button", { type: "button", "data-test": "doctor", onclick: (event) => examine(event.target, findings) },
        "Ask the doctor"),
      h("button", { type: "button", "data-test": "wan-check", onclick: (event) => lookOutside(event.target, findings) },
        "Check the way outside")),
    findings);
}

const item = (tone, ...content) => h("div", { class: `item ${tone}`, "data-test": "attention-item" }, content);

function requests() {
  const shown = store.requests.slice(0, few).map((request) => card(request, false));
  if (store.requests.length > few) shown.push(h("a", { href: "#/requests" }, `All ${store.requests.length} requests`));
  return shown;
}

function contested() {
  const by = store.status?.contested_by;
  return by ? [item("bad", icon("warning"),
    `Another program has the table of the kernel: ${by}. It is not restored any more.`)] : [];
}

function troubles() {
  const all = store.forwards.filter((one) => troubled.has(one.state) || (one.state === "in-force" && one.engine === "none"));
  const shown = all.slice(0, few).map((one) => item("warn", h("a", { href: addressOf(one.name) }, one.name),
    stateMark(one.state),
    h("span", { class: "muted" }, one.engine === "none" ? one.engine_reason ?? "" : longer[one.state] ?? "")));
  if (all.length > few) shown.push(h("a", { href: "#/forwards?filter=not" },
    `All ${count(all.length)} that are not in force`));
  return shown;
}

function ending() {
  const near = store.forwards.filter((one) => one.state === "in-force" && one.ends && since(one.ends) > -3600);
  return near.sort((one, other) => Date.parse(one.ends) - Date.parse(other.ends)).slice(0, few)
    .map((one) => item("note", h("a", { href: addressOf(one.name) }, one.name),
      h("span", { class: "muted" }, `ends ${until(one.ends)}`)));
}

async function busy(button, place, words, work) {
  button.disabled = true;
  replace(place, h("p", { class: "muted" }, words));
  try { replace(place, await work()); } catch (problem) { replace(place, alert("bad", null, problem.message)); }
  button.disabled = false;
}

const examine = (button, place) => busy(button, place, "The doctor looks around; two seconds…", async () => {
  const { findings } = await get("/v1/doctor");
  return findings.length ? findings.map((one) => finding(one, () => examine(button, place))) : alert("good",
    "The doctor finds nothing amiss.");
});

function finding({ id, severity, code, what, why, remedy, fix }, again) {
  const repair = async () => {
    try {
      const { value } = await call("POST", "/v1/doctor/fix", { body: { findings: [id] } });
      toast(value.fixed.map((one) => one.done).join("; ") || "Done.");
      again();
    } catch (problem) { failed(problem); }
  };
  const element = alert(tones[severity] === "bad" ? "bad" : tones[severity], capital(what), h("p", null, capital(why)),
    h("p", null, h("b", null, "Remedy: "), remedy),
    fix && h("button", { type: "button", class: "small", "data-test": "fix", onclick: repair },
      fix.forward ? "Let it see the gateway as sender" : `Set ${fix.settings?.join(", ")}`));
  element.dataset.test = "finding";
  element.dataset.code = code;
  return element;
}

const lookOutside = (button, place) => busy(button, place, "Asking outside; up to five seconds…", async () => {
  const { wans } = await get("/v1/wan");
  return wans.map(({ interface: name, sentence, severity, advice }) =>
    alert(severity ? tones[severity] : "good", `${name}: ${sentence}`, advice && h("p", null, capital(advice))));
});
