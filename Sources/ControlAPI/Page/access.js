// Who may use a forward: anybody, whoever looks at this page, or a list.
import { h, fresh } from "./dom.js";
import { store } from "./store.js";

export function access(allowed) {
  const name = fresh("who");
  const mine = store.session?.address;
  const list = h("textarea", {
    rows: 2, spellcheck: "false", value: allowed.join("\n"), "aria-label": "Addresses or prefixes, one a line",
    placeholder: "203.0.113.0/24", "data-test": "field-allow", hidden: allowed.length === 0,
  });
  const begin = allowed.length === 0 ? "anywhere" : allowed.length === 1 && allowed[0] === mine ? "mine" : "these";
  let kind = begin;
  const pick = (value) => {
    kind = value;
    list.hidden = value === "anywhere";
    if (value === "mine") list.value = mine;
    if (value === "these") list.focus();
  };
  const choices = [["anywhere", "Anybody"], mine && ["mine", "Only my address"],
    ["these", "These addresses"]].filter(Boolean);
  const element = h("div", { class: "chips" }, choices.map(([value, label]) => h("label", null,
    h("input", { type: "radio", name, value, checked: value === begin, "data-test": `who-${value}`,
      onchange: () => pick(value) }),
    h("span", null, label))), list);
  return {
    element, input: list,
    said: () => (kind === "anywhere" ? [] : list.value.split(/[\s,]+/).filter(Boolean)),
  };
}
