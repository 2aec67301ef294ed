// A table of any length that keeps only the rows near the window in the document.
import { h, replace } from "./dom.js";

const beyond = 12;

/// `columns` are `[{ key, label, kind, sort }]`; `row(item)` makes a `tr` and `update(tr, item)` brings it up to date.
export function windowed({ caption, columns, row, update, sorted }) {
  const top = h("tr", { class: "spacer", "aria-hidden": "true" }, h("td", { colspan: columns.length }));
  const bottom = top.cloneNode(true);
  const body = h("tbody", null, top, bottom);
  const heads = columns.map((column) => head(column, sorted));
  const table = h("table", { class: "big", "aria-label": caption, tabindex: "-1" },
    h("thead", null, h("tr", { "aria-rowindex": "1" }, heads)), body);
  const rows = new Map();
  let items = [], height = 0, waits = false;

  function draw() {
    waits = false;
    if (!height && items.length) height = measured();
    const { first, last } = range();
    const wanted = items.slice(first, last);
    const names = new Set(wanted.map((item) => item.name));
    const lost = focusedRow(names);
    for (const [name, element] of rows) if (!names.has(name)) { element.remove(); rows.delete(name); }
    let place = top;
    wanted.forEach((item, index) => {
      const element = shown(item);
      element.setAttribute("aria-rowindex", String(first + index + 2));
      if (place.nextSibling !== element) place.after(element);
      place = element;
    });
    setHeight(top, first * height);
    setHeight(bottom, (items.length - last) * height);
    if (lost === undefined) return;
    const next = body.rows[Math.min(lost, wanted.length)]?.querySelector("a") ?? table;
    next.focus({ preventScroll: true });
  }

  /// The place of a row that has the focus and is about to go, because its item is gone.
  function focusedRow(names) {
    const focused = document.activeElement?.closest("tr");
    for (const [name, element] of rows) {
      if (element !== focused || names.has(name)) continue;
      if (!items.some((item) => item.name === name)) return focused.rowIndex - 1;
    }
    return undefined;
  }

  /// Rows near the window, in whole numbers.
  function range() {
    const offset = -body.getBoundingClientRect().top;
    const first = Math.max(0, Math.floor(offset / height) - beyond);
    const last = Math.ceil((offset + window.innerHeight) / height) + beyond;
    return { first: Math.min(first, items.length), last: Math.max(0, Math.min(items.length, last)) };
  }

  function shown(item) {
    let element = rows.get(item.name);
    if (!element) rows.set(item.name, element = row(item));
    update(element, item);
    return element;
  }

  function measured() {
    const probe = row(items[0]);
    top.after(probe);
    const size = probe.getBoundingClientRect().height;
    probe.remove();
    return size || 52;
  }

  const soon = () => {
    if (waits) return;
    waits = true;
    requestAnimationFrame(draw);
  };

  return {
    table,
    scrolled: soon,
    resized: () => { height = 0; soon(); },
    show(next) {
      items = next;
      table.setAttribute("aria-rowcount", String(next.length + 1));
      for (const cell of heads) markSort(cell, sorted());
      soon();
    },
    /// Only rows that are in the document have anything to bring up to date.
    refresh(find) {
      for (const [name, element] of rows) {
        const item = find(name);
        if (item) update(element, item);
      }
    },
  };
}

function setHeight(spacer, height) {
  spacer.hidden = height <= 0;
  spacer.firstChild.style.height = `${height}px`;
}

function head({ key, label, kind, sort }, sorted) {
  const cell = h("th", { scope: "col", class: kind, "data-key": key });
  if (!sort) return replace(cell, h("span", { class: "unseen" }, label));
  replace(cell, h("button", { type: "button", class: "sort", "data-test": `sort-${key}`, onclick: () => sort(key) },
    label));
  markSort(cell, sorted());
  return cell;
}

function markSort(cell, { key, isDown }) {
  if (cell.dataset.key === key) cell.setAttribute("aria-sort", isDown ? "descending" : "ascending");
  else cell.removeAttribute("aria-sort");
}
