// When a forward ends: a few answers that people give, and a moment of their own.
import { h, fresh } from "./dom.js";
import { clock } from "./format.js";

const pad = (number) => String(number).padStart(2, "0");

function localText(date) {
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}T${pad(date.getHours())}:${pad(date.getMinutes())}`;
}

/// Midnight, or the next one when that is less than an hour away.
export function tonight(now = new Date()) {
  const end = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1);
  if (end - now < 3_600_000) end.setDate(end.getDate() + 1);
  return end;
}

const rfc = (date) => date.toISOString().replace(/\.\d+Z$/, "Z");

/// `present` is the end that a forward has, or undefined; `isNew` has no "as it is".
export function endTime(present, isNew) {
  const name = fresh("end");
  const moment = h("input", { type: "datetime-local", value: localText(tonight()), "aria-label": "Until",
    "data-test": "end-moment", hidden: true });
  const kinds = [
    !isNew && present && ["keep", clock(present)], ["never", "No end"], ["2h", "2 hours"], ["tonight", "Tonight"],
      ["7d", "A week"], ["until", "Until…"],
  ].filter(Boolean);
  let kind = kinds[0][0];
  const pick = (value) => {
    kind = value;
    moment.hidden = value !== "until";
  };
  const element = h("div", { class: "chips" }, kinds.map(([value, label]) => h("label", null,
    h("input", { type: "radio", name, value, checked: value === kind, "data-test": `end-${value}`,
      onchange: () => pick(value) }),
    h("span", null, label))), moment);

  /// What goes into the body; empty where nothing is to be said.
  const said = () => {
    switch (kind) {
    case "keep": return {};
    case "never": return isNew || !present ? {} : { ends: "never" };
    case "tonight": return { ends: rfc(tonight()) };
    case "until": return { ends: moment.value ? rfc(new Date(moment.value)) : "" };
    default: return { for: kind };
    }
  };
  return { element, said };
}
