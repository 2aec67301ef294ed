// The stream of events: one connection, which heals by itself.
import { get } from "./api.js";
import {
  acceptCounters, acceptRequests, forgetCounters, loadRequests, loadTraffic, reloadSoon, store, tell,
} from "./store.js";

const usual = ["table", "activity", "counters", "requests"];
const grace = 1500;
const retry = 3000;

let source, extra = [], timer, wasLost = false;

export function open() {
  source?.close();
  source = new EventSource(`/v1/events?topics=${[...usual, ...extra].join(",")}`);
  source.addEventListener("hello", (event) => greet(JSON.parse(event.data)));
  source.addEventListener("table", (event) => moved(JSON.parse(event.data)));
  source.addEventListener("activity", (event) => tell("activity", JSON.parse(event.data)));
  source.addEventListener("counters", (event) => acceptCounters(JSON.parse(event.data)));
  source.addEventListener("flows", (event) => tell("flows", JSON.parse(event.data).flows));
  source.addEventListener("requests", (event) => acceptRequests(JSON.parse(event.data).requests));
  source.onerror = lose;
}

export function close() {
  source?.close();
  source = undefined;
  clearTimeout(timer);
}

/// Topics that only one page wants: none, or `["flows"]`.
export function want(topics) {
  if (topics.join() === extra.join()) return;
  extra = topics;
  if (source) open();
}

function greet({ revision }) {
  clearTimeout(timer);
  timer = undefined;
  forgetCounters();
  if (wasLost) catchUp();
  else if (store.isComplete && revision !== store.revision) reloadSoon();
  wasLost = false;
  tell("link", true);
}

function catchUp() {
  reloadSoon();
  loadRequests().catch(() => {});
  loadTraffic("hour").catch(() => {});
  tell("activity");
}

function moved({ revision }) {
  if (revision !== store.revision) reloadSoon();
}

/// The browser tries again by itself, unless it was answered with something else than a stream.
function lose() {
  const lost = source;
  if (lost?.readyState === EventSource.CLOSED) setTimeout(() => reopen(lost), retry);
  timer ??= setTimeout(() => {
    wasLost = true;
    tell("link", false);
  }, grace);
}

async function reopen(lost) {
  if (source !== lost) return;
  try {
    await get("/v1/session");
    open();
  } catch {
    if (source === lost) setTimeout(() => reopen(lost), retry);
  }
}
