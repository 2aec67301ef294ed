// A text field with a list to choose from, after the combobox pattern of ARIA: anything may be typed, too.
import { h, replace, fresh } from "./dom.js";

const most = 60;

/// `options()` answers `[{ value, title, detail, words }]`; `chosen(option)` is told of a choice.
export function combobox(input, options, chosen) {
  const id = fresh("list");
  const list = h("ul", { class: "options", role: "listbox", id, "aria-label": "Choices", hidden: true });
  let shown = [], current = -1;
  for (const [name, value] of [["role", "combobox"], ["aria-expanded", "false"], ["aria-controls", id],
    ["aria-autocomplete", "list"], ["autocomplete", "off"]]) {
    input.setAttribute(name, value);
  }

  async function show(isAll) {
    const query = isAll ? "" : input.value.trim().toLowerCase();
    const all = await options();
    if (document.activeElement !== input) return;
    shown = all.filter(({ words }) => words.includes(query)).slice(0, most);
    current = -1;
    replace(list, shown.map((option, index) => h("li", {
      role: "option", id: `${id}-${index}`, "aria-selected": "false", "data-test": "option", "data-value": option.value,
      onmousedown: (event) => { event.preventDefault(); take(option); },
    }, h("b", null, option.title), h("span", null, option.detail))));
    list.hidden = shown.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    input.removeAttribute("aria-activedescendant");
  }

  function hide() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function take(option) {
    input.value = option.value;
    hide();
    chosen?.(option);
  }

  function move(step) {
    list.children[current]?.setAttribute("aria-selected", "false");
    current = (current + step + shown.length) % shown.length;
    const entry = list.children[current];
    entry.setAttribute("aria-selected", "true");
    entry.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", entry.id);
  }

  function key(event) {
    const isOpen = !list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen) show(true);
      else move(event.key === "ArrowDown" ? 1 : current < 0 ? 0 : -1);
    } else if (event.key === "Enter" && isOpen && current >= 0) {
      event.preventDefault();
      take(shown[current]);
    } else if (event.key === "Escape" && isOpen) {
      // Else the key would close the whole dialog.
      event.preventDefault();
      event.stopPropagation();
      hide();
    }
  }

  input.addEventListener("input", () => show(false));
  input.addEventListener("click", () => show(true));
  input.addEventListener("keydown", key);
  input.addEventListener("blur", hide);
  return h("div", { class: "combobox" }, input, list);
}
