// What the page knows of the gateway. Pages listen; only `live.js` and loading write.
import { call, get, segment } from "./api.js";
import { settled } from "./dom.js";

export const store = {
  session: undefined, status: undefined, revision: 0, isComplete: false,
  forwards: [], byName: new Map(), rates: new Map(), requests: [], traffic: { hour: undefined, day: undefined },
  devices: undefined, services: undefined,
};

const listeners = new Map();

/// Topics: `forwards`, `counters`, `requests`, `activity`, `flows`, `traffic`, `link`. Answers what ends the listening.
export function listen(topic, action) {
  if (!listeners.has(topic)) listeners.set(topic, new Set());
  listeners.get(topic).add(action);
  return () => listeners.get(topic).delete(action);
}

export function tell(topic, value) {
  for (const action of [...(listeners.get(topic) ?? [])]) action(value);
}

const firstPage = 200;
const laterPages = 10_000;
let loads = 0, accepted = 0;

/// The first page is shown at once, the rest follows: a table of ten thousand must not keep anybody waiting.
export async function loadForwards() {
  const own = (loads += 1);
  const isFirst = store.forwards.length === 0;
  const all = [];
  let after, revision;
  do {
    const limit = isFirst && !after ? firstPage : laterPages;
    const { value, revision: tag } = await call("GET", "/v1/forwards", { query: { limit, after } });
    const now = tag ?? value.revision;
    if (revision !== undefined && now !== revision) return loadForwards();
    revision = now;
    all.push(...value.forwards);
    after = value.next;
    if (isFirst && after) accept(own, all, revision, false);
  } while (after);
  accept(own, all, revision, true);
}

/// An answer that was overtaken by a later one says nothing new.
function accept(own, forwards, revision, isComplete) {
  if (own < accepted) return;
  accepted = own;
  for (const { name, traffic } of forwards) traffic.live ??= store.byName.get(name)?.traffic.live;
  store.forwards = forwards.slice();
  store.byName = new Map(forwards.map((forward) => [forward.name, forward]));
  store.revision = revision;
  store.isComplete = isComplete;
  tell("forwards");
}

/// Many changes in a row, or many listeners that saw one, are one loading.
export const reloadSoon = settled(200, () => Promise.all([loadForwards(), loadStatus()]).catch(() => {}));

export async function loadStatus() {
  store.status = await get("/v1/status");
  tell("status");
}

export async function loadRequests() {
  acceptRequests((await get("/v1/requests")).requests);
}

export function acceptRequests(requests) {
  store.requests = requests;
  tell("requests");
}

export async function loadTraffic(span) {
  store.traffic[span] = await get("/v1/traffic", { span });
  tell("traffic", span);
}

export async function loadDevices() {
  store.devices = (await get("/v1/devices")).devices;
  tell("devices");
  return store.devices;
}

export async function loadServices() {
  store.services ??= (await get("/v1/services")).services;
  return store.services;
}

export async function loadForward(name) {
  const { value, revision } = await call("GET", `/v1/forwards/${segment(name)}`);
  return { forward: value, revision };
}

let before;

/// Counters are absolute; what they rose by since the last second is the rate. Who is not named stood still.
export function acceptCounters({ time, forwards }) {
  const now = Date.parse(time);
  const seconds = before ? (now - before) / 1000 : 0;
  before = now;
  const rates = new Map();
  for (const [name, counted] of Object.entries(forwards)) {
    const forward = store.byName.get(name);
    if (!forward) continue;
    const traffic = forward.traffic;
    if (seconds > 0 && seconds < 10) {
      rates.set(name, {
        in: Math.max(0, counted.bytes_in - traffic.bytes_in) / seconds,
        out: Math.max(0, counted.bytes_out - traffic.bytes_out) / seconds,
      });
    }
    const moved = counted.bytes_in > traffic.bytes_in || counted.flows > traffic.flows;
    Object.assign(traffic, counted);
    if (moved) forward.last_used = time;
  }
  store.rates = rates;
  tell("counters", forwards);
}

export function forgetCounters() {
  before = undefined;
  store.rates = new Map();
}

export const still = { in: 0, out: 0 };
export const rateOf = (name) => store.rates.get(name) ?? still;

/// The name of the device that has an address, where it is known.
export function deviceNamed(address) {
  return store.devices?.find((device) => device.address === address || device.addresses?.includes(address));
}
