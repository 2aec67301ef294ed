// The ways to the editor, which is loaded only when somebody wants it.
import { h } from "./dom.js";
import { icon } from "./icons.js";

export async function edit(forward, preset) {
  (await import("./editor.js")).edit(forward, preset);
}

export function addButton() {
  return h("button", { type: "button", class: "primary", "data-test": "add", onclick: () => edit() }, icon("plus"),
    "Add a forward");
}
