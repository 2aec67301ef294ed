// The fields of a forward: what they hold, what they say, and what is wrong with them.
import { h, replace, fresh } from "./dom.js";
import { combobox } from "./combobox.js";
import { endTime } from "./endtime.js";
import { furtherFields, saidBy } from "./fields.js";
import { access } from "./access.js";
import { joinTarget, splitTarget, splitPorts, portsWith } from "./spelling.js";
import { loadDevices, loadServices, store } from "./store.js";

export function form(forward, preset) {
  const isNew = !forward;
  let base = forward ? saidBy(forward) : {};
  const begin = { ...base, ...preset };
  const places = new Map();
  const field = (key, label, control, hint) => place(places, key, label, control, hint);

  const target = splitTarget(begin.to ?? "");
  const outside = splitPorts(begin.external ?? "");
  const ports = text(outside.ports, { spellcheck: "false", autofocus: true });
  const protocol = select([["tcp", "TCP"], ["udp", "UDP"], ["tcp+udp", "TCP and UDP"], ["sctp", "SCTP"]],
    outside.protocol, "protocol");
  const device = text(target.host, { spellcheck: "false" });
  const port = text(target.port, { "data-test": "port", inputmode: "numeric", placeholder: "the same" });
  const name = text(begin.name ?? "", { spellcheck: "false", placeholder: isNew ? "made up, if empty" : "" });
  const comment = text(begin.comment ?? "", { maxlength: 200 });
  const who = access(begin.allow ?? []);
  const end = endTime(base.ends, isNew);
  const further = furtherControls(begin);

  const element = h("div", { class: "form" },
    h("div", { class: "pair wide-first" },
      field("external", "Service or outside port",
        combobox(ports, services, (option) => serviceChosen(option, { ports, protocol, name, isNew })),
        "A name such as minecraft, a port, or a range such as 27015-27030."),
      plain("Protocol", protocol)),
    h("div", { class: "pair wide-first" },
      field("to", "Device", combobox(device, devices), "A device of your network, or any address or name."),
      plain("Port at the device", port)),
    group(places, "allow", "Who may use it", who.element, who.input),
    group(places, "ends", "Until", end.element, end.element.querySelector("input")),
    h("div", { class: "pair" }, field("name", "Name", name), field("comment", "Comment", comment)),
    h("details", { class: "further" }, h("summary", null, "More settings"),
      further.groups.map(({ title, entries }) => h("fieldset", null, h("legend", null, title),
        h("div", { class: "pair" }, entries.map(({ spec, control }) => spec.kind === "flag"
          ? flag(places, spec, control) : field(spec.key, spec.label, control, spec.hint)))))));
  places.set("for", places.get("ends"));

  function all() {
    const said = {
      name: name.value.trim(), external: portsWith(ports.value, protocol.value),
        to: joinTarget(device.value, port.value),
      allow: who.said(), comment: comment.value, ...further.said(), ...end.said(),
    };
    return said;
  }

  return {
    element,
    said: () => (isNew ? bodies(all()) : [different(all(), base)]),
    compareWith: (forward) => { if (forward) base = saidBy(forward); },
    showErrors: (errors) => showErrors(places, errors),
    clearErrors: () => places.forEach(({ error, input }) => { replace(error); input.removeAttribute("aria-invalid"); }),
  };
}

const text = (value, more) => h("input", { type: "text", value, ...more });

function select(options, value, test) {
  return h("select", { "data-test": test },
    options.map(([key, label]) => h("option", { value: key, selected: key === value }, label)));
}

const plain = (label, control) => h("label", { class: "field" }, h("span", { class: "label" }, label), control);

function place(places, key, label, control, hint) {
  const input = control.matches("input, select, textarea") ? control : control.querySelector("input");
  const { error, about } = remarks(places, key, input, hint);
  input.id ||= fresh("field");
  input.dataset.test = `field-${key}`;
  return h("div", { class: "field" }, h("label", { class: "label", for: input.id }, label), control, error, about);
}

/// What is said about a field, and where it is said what is wrong with it.
function remarks(places, key, input, hint) {
  const error = h("p", { class: "error", id: fresh("error"), "data-test": `error-${key}` });
  const about = hint && h("p", { class: "hint", id: fresh("hint") }, hint);
  input.setAttribute("aria-describedby", [error.id, about?.id].filter(Boolean).join(" "));
  places.set(key, { input, error });
  return { error, about };
}

function group(places, key, label, control, input) {
  const { error } = remarks(places, key, input);
  return h("fieldset", { class: "field" }, h("legend", { class: "label" }, label), control, error);
}

function flag(places, spec, control) {
  const { error } = remarks(places, spec.key, control);
  control.dataset.test = `field-${spec.key}`;
  return h("div", { class: "field" }, h("label", { class: "check" }, control, spec.label), error);
}

function furtherControls(begin) {
  const groups = furtherFields.map(({ group: title, fields }) => ({
    title, entries: fields.map((spec) => ({ spec, control: control(spec, begin[spec.key]) })),
  }));
  const entries = groups.flatMap((one) => one.entries);
  return { groups,
    said: () => Object.fromEntries(entries.map(({ spec, control }) => [spec.key, read(spec, control)])) };
}

function control(spec, value) {
  switch (spec.kind) {
  case "flag": return h("input", { type: "checkbox", checked: value ?? spec.usual });
  case "choice": return select(spec.options, value ?? spec.usual);
  case "list": return h("textarea", { rows: 2, value: (value ?? []).join("\n"), spellcheck: "false" });
  case "wan": return select([["", "every WAN"], ...wans(value)], value ?? "");
  default: return text(value === undefined ? "" : String(value), { spellcheck: "false" });
  }
}

function wans(value) {
  const names = new Set((store.status?.wans ?? []).map((wan) => wan.name));
  if (value) names.add(value);
  return [...names].map((name) => [name, name]);
}

function read(spec, control) {
  if (spec.kind === "flag") return control.checked;
  if (spec.kind === "list") return control.value.split(/[\n,]+/).map((one) => one.trim()).filter(Boolean);
  return control.value.trim();
}

const usual = new Map(furtherFields.flatMap((group) => group.fields).map((field) => [field.key, field]));

/// A new forward says only what is not as usual. Several ports of one service are several forwards.
function bodies(said) {
  const body = Object.fromEntries(Object.entries(said).filter(([key, value]) => !isUsual(key, value)));
  const ports = said.external.split(/[,;\s]+/).filter(Boolean);
  if (ports.length < 2) return [{ ...body, external: said.external, to: said.to }];
  return ports.map((external, index) => {
    const name = body.name && index > 0 ? `${body.name}-${external.replace(/\D+/g, "-").replace(/-$/, "")}` : body.name;
    return { ...body, external, to: said.to, ...(name ? { name } : {}) };
  });
}

function isUsual(key, value) {
  const spec = usual.get(key);
  if (spec && "usual" in spec) return value === spec.usual;
  return Array.isArray(value) ? value.length === 0 : value === "" && key !== "ends";
}

/// A change says only what is not as it was; an emptied field says what takes it away.
function different(said, base) {
  const body = {};
  for (const [key, value] of Object.entries(said)) {
    const before = base[key] ?? usual.get(key)?.usual ?? (Array.isArray(value) ? [] : "");
    if (key === "for" || (key === "ends" && value !== base.ends)) body[key] = value;
    else if (key !== "ends" && String(value) !== String(before)) body[key] = value === "" ? usual.get(key)?.none ?? "" : value;
  }
  return body;
}

/// Answers those errors that belong to no field.
function showErrors(places, errors) {
  const rest = errors.filter(({ field }) => !places.has(field));
  const atField = errors.filter(({ field }) => places.has(field));
  for (const { field, message, advice } of atField) {
    const { input, error } = places.get(field);
    error.append(h("span", null, message, advice ? `: ${advice}` : ""), " ");
    input.setAttribute("aria-invalid", "true");
    input.closest("details")?.setAttribute("open", "");
  }
  if (atField.length) places.get(atField[0].field).input.focus();
  return rest;
}

function serviceChosen({ value, service }, { ports, protocol, name, isNew }) {
  const only = splitPorts(value);
  ports.value = only.isPlain ? only.ports : value;
  protocol.value = only.protocol;
  if (isNew && !name.value) name.value = service;
}

async function services() {
  return (await loadServices()).map(({ name, ports, description, risk }) => ({
    value: ports, service: name, title: name, detail: [ports, description, risk].filter(Boolean).join(" · "),
    words: `${name} ${ports} ${description ?? ""}`.toLowerCase(),
  }));
}

async function devices() {
  return (store.devices ?? await loadDevices()).map(({ name, address, mac, maker }) => ({
    value: address, title: name ?? address, detail: [name && address, maker, mac].filter(Boolean).join(" · "),
    words: `${name ?? ""} ${address} ${mac ?? ""} ${maker ?? ""}`.toLowerCase(),
  }));
}
