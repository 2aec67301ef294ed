// Small drawings, 24 by 24, in the colour of the text beside them.
import { svg } from "./dom.js";

const paths = {
  gate: "M5 21V11a7 7 0 0 1 14 0v10M9.5 5v16M14.5 5v16M5 11h14M5 16h14",
  overview: "M4 13h6V4H4zM14 20h6v-9h-6zM4 20h6v-3H4zM14 7h6V4h-6z",
  forwards: "M4 7h12M13 4l3 3-3 3M20 17H8M11 14l-3 3 3 3",
  flows: "M3 12h4l2-6 4 12 3-9 1.5 3H21",
  devices: "M4 5h16v10H4zM9 19h6M12 15v4",
  requests: "M6 9a6 6 0 0 1 12 0c0 6 2 7 2 7H4s2-1 2-7M10 20h4",
  activity: "M12 7v5l3 2M4 12a8 8 0 1 0 2.5-5.800M4 4v4h4",
  trace: "M6 5.5h.01M6 18.5h12M6 5.5a2 2 0 1 0 0-.01M18 18.5a2 2 0 1 0 0-.01M8 5.5h7a3.5 3.5 0 0 1 0 6.5H9a3.5 3.5 0 0 0 0 6.5",
  settings: "M4 7h9M17 7h3M15 5v4M4 12h3M11 12h9M9 10v4M4 17h11M19 17h1M17 15v4",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  plus: "M12 5v14M5 12h14",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14M20 20l-4-4",
  close: "M6 6l12 12M18 6L6 18",
  edit: "M4 20h4L19 9l-4-4L4 16zM13 7l4 4",
  remove: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10.5 11v5M13.5 11v5",
  undo: "M9 14L4 9l5-5M4 9h10a6 6 0 0 1 0 12h-3",
  check: "M5 13l4 4L19 7",
  warning: "M12 4L2.5 20h19zM12 10v4M12 17h.01",
  info: "M12 11v6M12 7.5h.01M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18",
  question: "M9 9a3 3 0 1 1 4 3c-1 .5-1 1-1 2M12 17h.01M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18",
  stop: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M6 6l12 12",
  globe: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  next: "M9 6l6 6-6 6",
  pause: "M8 5v14M16 5v14",
  play: "M7 5l12 7-12 7z",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
};

export function icon(name, label) {
  return svg("svg", {
    class: "icon", viewBox: "0 0 24 24", "aria-hidden": label ? null : "true", role: label ? "img" : null,
    "aria-label": label ?? null, focusable: "false",
  }, svg("path", { d: paths[name] }));
}
