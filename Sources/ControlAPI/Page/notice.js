// Messages that come and go, and dialogs that ask.
import { h, announce, fresh } from "./dom.js";
import { icon } from "./icons.js";

const patience = 12_000;

/// A message at the foot of the page; `action` is `{ label, run }`. It stays while it is pointed at or holds the focus.
export function toast(text, { kind = "done", action, stays = false } = {}) {
  const place = document.getElementById("toasts");
  const close = () => element.remove();
  const element = h("div", { class: `toast ${kind}`, "data-test": "toast" },
    icon(kind === "failed" ? "warning" : "check"), h("p", null, text),
    action && h("button", {
      type: "button", class: "link", "data-test": "toast-action",
      onclick: () => { close(); action.run(); },
    }, action.label),
    h("button", { type: "button", class: "bare", "aria-label": "Dismiss", onclick: close }, icon("close")));
  place.append(element);
  while (place.children.length > 3) place.firstChild.remove();
  announce(text + (action ? `. ${action.label} is at the end of the page.` : ""));
  if (!stays) expire(element, close);
  return close;
}

function expire(element, close) {
  setTimeout(() => {
    if (element.matches(":hover, :focus-within")) expire(element, close);
    else close();
  }, patience);
}

export const failed = (problem) => toast(problem.message, { kind: "failed" });

/// Opens a dialog; its content is given what closes it. The focus goes back to where it came from.
export function dialog(title, content, { test, wide = false, oncancel } = {}) {
  const before = document.activeElement;
  const heading = fresh("dialog");
  const element = h("dialog", { class: wide ? "wide" : null, "aria-labelledby": heading, "data-test": test });
  const close = () => element.close();
  element.append(
    h("div", { class: "dialog-head" }, h("h2", { id: heading }, title),
      h("button", { type: "button", class: "bare", "aria-label": "Close", "data-test": "dialog-close", onclick: close },
        icon("close"))),
    content(close));
  element.addEventListener("close", () => {
    element.remove();
    if (before?.isConnected) before.focus();
  });
  if (oncancel) element.addEventListener("cancel", oncancel);
  document.body.append(element);
  element.showModal();
  return element;
}

/// A message that stands where it is read: `alert("bad", "It failed", "because …")`.
export function alert(kind, title, ...more) {
  const drawing = { bad: "stop", warn: "warning", good: "check", note: "info" }[kind];
  return h("div", { class: `alert ${kind}`, role: kind === "bad" ? "alert" : null }, icon(drawing),
    h("div", null, title && h("strong", null, title), more.length ? h("div", null, more) : null));
}
