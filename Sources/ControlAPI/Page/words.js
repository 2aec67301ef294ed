// States and verdicts as people say them, each with a tone and a drawing: never by colour alone.
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { count } from "./format.js";

export const states = {
  "in-force": ["In force", "good", "check"], "disabled": ["Off", "quiet", "stop"],
  "ended": ["Ended", "quiet", "activity"], "closed": ["Closed", "quiet", "activity"],
  "used-up": ["Used up", "warn", "warning"], "target-unknown": ["No target", "bad", "question"],
  "no-wan-address": ["No WAN", "bad", "warning"], "suspended": ["Suspended", "warn", "warning"],
};

export const longer = {
  "disabled": "switched off", "ended": "its time is over", "closed": "closed by its schedule",
    "used-up": "the bytes of this month are used up",
  "target-unknown": "its target has not been found", "no-wan-address": "the WAN has no address for it",
    "suspended": "another program has its place",
};

export const stateWords = (state) => states[state]?.[0] ?? state;

export function stateMark(state) {
  const [words, tone, drawing] = states[state] ?? [state, "note", "info"];
  return h("span", { class: `pill ${tone}`, "data-test": "state", "data-state": state, title: longer[state] },
    icon(drawing), words);
}

export const isAnywhere = (forward) => forward.open_to.includes("anywhere");

export function openTo(forward) {
  if (isAnywhere(forward)) return "anybody";
  const [first, ...rest] = forward.open_to;
  return rest.length ? `${first} and ${count(rest.length)} more` : first ?? "nobody";
}

export function openToMark(forward) {
  const isOpen = isAnywhere(forward);
  return h("span", { class: isOpen ? "who open" : "who", title: forward.open_to.join(", ") },
    icon(isOpen ? "globe" : "lock"), h("span", null, openTo(forward)));
}

export const origins = { operator: "by hand", file: "by the configuration", device: "by a device" };

export const tones = { problem: "bad", warning: "warn", note: "note", pass: "good", stop: "bad", unsure: "warn",
  info: "note" };
export const verdictIcons = { pass: "check", stop: "stop", unsure: "question", info: "info" };
