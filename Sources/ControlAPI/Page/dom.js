// The one way by which this page makes elements: text is always text, never markup.

const properties = new Set(["value", "checked", "disabled", "hidden", "open", "selected", "indeterminate", "readOnly"]);

function set(element, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (properties.has(name)) element[name] = value;
  else element.setAttribute(name, value === true ? "" : value);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) set(element, name, value);
  element.append(...present(children));
  return element;
}

function present(children) {
  return children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false);
}

/// `h("p", { class: "note" }, "text", h("b", null, "more"))`; names that begin with `on` are listeners.
export function h(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

/// What has the focus and is made anew has it again afterwards.
export function replace(element, ...children) {
  const focused = element.contains(document.activeElement) ? trail(document.activeElement) : undefined;
  element.replaceChildren(...present(children));
  const again = focused && [...element.querySelectorAll("a, button, input, select")].find((one) => trail(one) === focused);
  again?.focus({ preventScroll: true });
  return element;
}

const trail = (element) => [element.tagName, element.dataset.test, element.getAttribute("href"),
  element.getAttribute("aria-label")].join();

/// Sets text only where it differs, so that selections and screen readers are left alone.
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

let numbers = 0;
export function fresh(prefix) {
  numbers += 1;
  return `${prefix}-${numbers}`;
}

export function announce(text) {
  const place = document.getElementById("announcer");
  place.textContent = "";
  requestAnimationFrame(() => { place.textContent = text; });
}

/// Waits until calls have been quiet for a while, then does it once.
export function settled(milliseconds, action) {
  let timer;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...values), milliseconds);
  };
}
