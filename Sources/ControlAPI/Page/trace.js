// The way of a packet, as a picture.
import { get } from "./api.js";
import { h, replace, announce } from "./dom.js";
import { icon } from "./icons.js";
import { alert } from "./notice.js";
import { combobox } from "./combobox.js";
import { capital } from "./format.js";
import { store } from "./store.js";
import { tones, verdictIcons } from "./words.js";

export function page(context) {
  const from = input("trace-from", context.query.get("from") ?? "", "198.51.100.7");
  const to = input("trace-to", context.query.get("to") ?? "", ":8443/tcp");
  const arrival = h("select", { id: "trace-arrival", "data-test": "trace-arrival" },
    h("option", { value: "wan" }, "the internet"), h("option", { value: "lan" }, "inside"), interfaces());
  const live = h("input", { type: "checkbox", "data-test": "trace-live" });
  const result = h("div", { "data-test": "journey" });
  const button = h("button", { class: "primary", "data-test": "trace-run" }, "Show the way");
  const run = async (event) => {
    event?.preventDefault();
    button.disabled = true;
    replace(result, h("p", { class: "muted", role: "status" }, live.checked ? "A packet is on its way…" : "Looking…"));
    try {
      const query = { from: from.value.trim(), to: to.value.trim(), arrival: arrival.value,
        live: live.checked ? "true" : undefined };
      replace(result, journey(await get("/v1/trace", query)));
      announce(result.querySelector(".outcome").textContent);
    } catch (problem) {
      replace(result, alert("bad", null, h("p", null, problem.message)));
    }
    button.disabled = false;
  };
  const content = h("div", null,
    h("form", { class: "card pad trace-form", onsubmit: run },
      labelled("From whom", from, "An address, with a port if it matters."),
      labelled("To what", combobox(to, targets), "The name of a forward, or a port such as :8443/tcp."),
      labelled("Coming from", arrival),
      h("label", { class: "check" }, live, "Send a real packet, and watch the kernel"), button),
    result);
  if (to.value) {
    from.value ||= "198.51.100.7";
    run();
  }
  return { title: "Trace", content };
}

const input = (test, value, placeholder) => h("input",
  { type: "text", id: test, value, placeholder, required: true, spellcheck: "false", "data-test": test });

const labelled = (label, control, hint) => h("div", { class: "field" },
  h("label", { class: "label", for: (control.matches("input, select") ? control : control.querySelector("input")).id },
    label), control, hint && h("p", { class: "hint" }, hint));

const interfaces = () => [...(store.status?.wans ?? []),
  ...(store.status?.lans ?? [])].map(({ name }) => h("option", { value: name }, name));

const targets = async () => store.forwards.map(({ name, external, to }) => ({
  value: name, title: name, detail: `${external} → ${to}`, words: `${name} ${external} ${to}`.toLowerCase(),
}));

const outcomes = { arrives: ["good", "It arrives"], stops: ["bad", "It does not arrive"],
  unclear: ["warn", "It cannot be told"] };

function journey(way) {
  const [tone, words] = outcomes[way.outcome] ?? ["note", way.outcome];
  const outcome = alert(tone, words, h("p", null, capital(way.sentence)),
    !way.steps.some((one) => one.commands?.length) && commands(way.commands));
  outcome.classList.add("outcome");
  outcome.dataset.test = "outcome";
  outcome.dataset.outcome = way.outcome;
  const isStopped = way.outcome === "stops";
  return h("section", { "aria-label": "The way of the packet" }, outcome,
    h("ol", { class: isStopped ? "way stopped" : "way" },
      h("li", { class: "end" }, h("span", { class: "node" }, icon("globe")),
        h("div", null, h("strong", { class: "num" }, way.from),
        h("p", { class: "muted" }, `sends to ${way.to} over ${way.transport}, and arrives at ${way.arrival}`))),
      way.steps.map(step),
      h("li", { class: "end" }, h("span", { class: "node" }, icon(isStopped ? "stop" : "devices")),
        h("div", null, h("strong", null, isStopped ? "Never gets there" : "The target")))),
    way.live && seen(way.live));
}

function step({ kind, verdict, sentence, rule, advice, hook, commands: lines }) {
  return h("li", { class: tones[verdict], "data-test": "step", "data-verdict": verdict, "data-kind": kind },
    h("span", { class: "node" }, icon(verdictIcons[verdict] ?? "info", verdictWords[verdict] ?? verdict)),
    h("div", null,
      h("p", null, h("strong", null, kinds[kind] ?? capital(kind)),
        hook && h("span", { class: "muted" }, ` in ${hook}`)),
      h("p", null, capital(sentence)),
      rule && h("p", { class: "num rule" }, [rule.family, rule.table, rule.chain].filter(Boolean).join(" "), ": ",
        rule.text),
      advice && h("p", { class: "advice" }, capital(advice)), commands(lines)));
}

const verdictWords = { pass: "lets it by", stop: "stops it", unsure: "cannot be told", info: "for information" };
const kinds = {
  arrival: "Arrival", forward: "The forward", access: "Who may use it", time: "The time",
    others: "Rules of other programs", translation: "Translation",
  route: "The route", guard: "The guard", local: "A program of the gateway", relay: "The relay", source: "The sender",
    target: "The target", answer: "The answer",
};

function commands(lines) {
  return lines?.length > 0 && h("pre", { class: "num", tabindex: "0", "aria-label": "Commands" }, lines.join("\n"));
}

function seen({ way, failure, packet = [], answer = [] }) {
  if (way === "impossible") return alert("warn", "No real packet could be sent.", failure);
  return h("div", { class: "card" }, h("h2", { class: "pad" }, "What the kernel did"),
    h("table", { "aria-label": "What the kernel did" },
      h("thead", null, h("tr", null,
        ["Where", "Predicted", "The kernel"].map((label) => h("th", { scope: "col" }, label)))),
      h("tbody", null, [...packet, ...answer].map((one) => h("tr", null,
        h("th", { scope: "row" }, one.place, h("span", { class: "note" }, one.hook)), h("td", null, one.predicted),
        h("td", null,
          one.agrees === undefined ? one.kernel : [icon(one.agrees ? "check" : "warning",
          one.agrees ? "as predicted" : "not as predicted"), " ", one.kernel]))))));
}
