// Tokens by which programs use the API.
import { call, get } from "./api.js";
import { h, replace } from "./dom.js";
import { entry, wordsOf } from "./account.js";
import { icon } from "./icons.js";
import { alert, failed, toast } from "./notice.js";
import { ago, clock } from "./format.js";

const scopes = [["read", "read: look only"], ["operate", "operate: change forwards"], ["admin", "admin: everything"]];
const times = [["30d", "30 days"], ["90d", "90 days"], ["365d", "a year"], ["1d", "a day"]];

export function tokens() {
  const list = h("div");
  const secret = h("div", { "aria-live": "polite" });
  const name = entry("Name", { type: "text", "data-test": "token-name", placeholder: "prometheus", required: true });
  const scope = entry("It may", { options: scopes, "data-test": "token-scope" });
  const time = entry("For", { options: times, "data-test": "token-for" });
  const load = () => get("/v1/tokens").then((value) => replace(list, listOf(value.tokens, load)), failed);
  const make = async (event) => {
    event.preventDefault();
    for (const field of [name, scope, time]) field.say("");
    try {
      const { value } = await call("POST", "/v1/tokens",
        { body: { name: name.input.value.trim(), scope: scope.input.value, for: time.input.value } });
      name.input.value = "";
      replace(secret, alert("good", "Copy it now: it is not shown again.",
        h("p", { class: "num secret", "data-test": "token-secret" }, value.token)));
      load();
    } catch (problem) {
      const at = { scope, for: time }[problem.errors[0]?.field] ?? name;
      at.say(wordsOf(problem));
    }
  };
  load();
  return [list, h("form", { class: "inline", onsubmit: make }, name.element, scope.element, time.element,
    h("button", { class: "primary", "data-test": "token-make" }, "Make a token")), secret];
}

function listOf(tokens, reload) {
  if (!tokens.length) return h("p", { class: "muted" }, "None yet.");
  const revoke = async ({ number, name }) => {
    try {
      await call("DELETE", `/v1/tokens/${number}`);
      toast(`The token ${name} does not work any more.`);
    } catch (problem) { failed(problem); }
    reload();
  };
  return h("table", { "aria-label": "Tokens" },
    h("thead", null, h("tr", null,
      [["Name"], ["May"], ["Ends", "mid"], ["Last used", "mid"],
      ["Actions", "acts"]].map(([label, kind]) => h("th", { scope: "col", class: kind },
      kind === "acts" ? h("span", { class: "unseen" }, label) : label)))),
    h("tbody", null,
      tokens.map((token) => h("tr", { "data-test": "token-row", "data-name": token.name, "data-number": token.number },
      h("th", { scope: "row" }, token.name), h("td", null, token.scope),
        h("td", { class: "mid" }, token.expires ? clock(token.expires) : "never"),
        h("td", { class: "mid" }, ago(token.last_used)),
      h("td", { class: "acts" }, h("button",
        { type: "button", class: "small danger quiet", "data-test": "revoke", "aria-label": `Revoke ${token.name}`,
        onclick: () => revoke(token) }, icon("remove"), h("span", null, "Revoke")))))));
}
