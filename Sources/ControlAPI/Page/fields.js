// What can be said of a forward: the keys of the API, in the words of people.

const choice = (...values) => values;

/// `none` is what takes a set value away; `list` is one entry a line.
export const furtherFields = [
  { group: "Place and way", fields: [
    { key: "on", label: "Only at this WAN", kind: "wan", none: "" },
    { key: "at", label: "Only at this address", none: "", hint: "One external address; not together with a WAN." },
    { key: "hairpin", label: "Hosts inside may use it, too", kind: "flag", usual: true },
    { key: "source", label: "The target sees", kind: "choice", usual: "kept",
      options: [["kept", "the client's own address"], ["rewritten", "the gateway"],
        ["transparent", "the client, through the relay"]] },
    { key: "nat6", label: "Translate IPv6 instead of letting it through", kind: "flag", usual: false },
    { key: "upstream", label: "Ask the router in front for the ports, too", kind: "flag", usual: false },
    { key: "engine", label: "Carried by", kind: "choice", usual: "auto",
      options: [["auto", "whichever can, the kernel first"], ["kernel", "the kernel only"], ["relay", "the relay"]] },
  ] },
  { group: "Who and when", fields: [
    { key: "deny", label: "Who may never use it", kind: "list",
      hint: "Addresses or prefixes, one a line. It wins over the list of those who may." },
    { key: "schedule", label: "Open only at these times", none: "always",
      hint: "For example: mon-fri 18:00-23:00; sat,sun 10:00-02:00" },
    { key: "when_closed", label: "When it closes, live flows", kind: "choice", usual: "end",
      options: [["end", "end"], ["keep", "go on"]] },
  ] },
  { group: "Limits", fields: [
    { key: "max_connections", label: "Flows at a time", none: "none", hint: "A number." },
    { key: "max_connections_per_source", label: "Flows at a time for each source", none: "none", hint: "A number." },
    { key: "max_rate", label: "New flows", none: "none", hint: "20/s, 6/min or 100/hour." },
    { key: "max_rate_per_source", label: "New flows of each source", none: "none", hint: "20/s, 6/min or 100/hour." },
    { key: "monthly", label: "Bytes in a month", none: "none", hint: "For example 50GB." },
    { key: "bandwidth", label: "Bandwidth, each way", none: "none", hint: "For example 10Mbit." },
    { key: "bandwidth_per_flow", label: "Bandwidth of each flow", none: "none",
      hint: "For example 10Mbit. Needs the relay." },
  ] },
  { group: "Relay", fields: [
    { key: "also", label: "Further targets", kind: "list", hint: "One a line, written as address:port." },
    { key: "balance", label: "Which target is next", kind: "choice", usual: "round-robin",
      options: [["round-robin", "one after the other"], ["least-connections", "the one with the fewest"],
        ["source-hash", "the same for each source"]] },
    { key: "check", label: "Try the targets every", none: "none", hint: "For example 2s, or 2s fall 3 rise 2." },
    { key: "names", label: "Targets by TLS name", kind: "list", hint: "One a line: www.example.com=192.168.7.10:443" },
    { key: "other_names", label: "Other names", kind: "choice", usual: "target",
      options: [["target", "go to the target"], ["refuse", "are refused"]] },
    { key: "proxy", label: "PROXY protocol", kind: "choice", usual: "none",
      options: choice("none", "v1", "v2").map((one) => [one, one]) },
    { key: "proxy_udp", label: "PROXY protocol over UDP", kind: "choice", usual: "none",
      options: choice("none", "v2-each", "v2-first", "spp").map((one) => [one, one]) },
    { key: "trusted_proxies", label: "Trusted front proxies", kind: "list",
      hint: "Addresses or prefixes, one a line." },
    { key: "cross_families", label: "IPv4 and IPv6 clients reach either target", kind: "flag", usual: false },
    { key: "timeout_connect", label: "A target answers within", none: "standard", hint: "For example 5s." },
    { key: "timeout_idle", label: "A connection may be silent for", none: "standard", hint: "For example 1h." },
    { key: "timeout_half_open", label: "Once one side has ended, for", none: "standard" },
    { key: "timeout_udp_first", label: "The first datagram back within", none: "standard" },
    { key: "timeout_udp", label: "Datagrams may pause for", none: "standard" },
  ] },
];

const furtherLabels = furtherFields.flatMap((group) => group.fields).map((field) => [field.key, field.label]);

const labels = new Map([...furtherLabels,
  ["name", "Name"], ["external", "Outside port"], ["to", "Target"], ["allow", "Who may use it"], ["for", "Ends after"],
  ["ends", "Ends"], ["enabled", "Switched on"], ["comment", "Comment"]]);

export const labelOf = (key) => labels.get(key) ?? key;

/// What a forward says now, by the keys of a body.
export function saidBy(forward) {
  const anywhere = forward.open_to.length === 1 && forward.open_to[0] === "anywhere";
  const relay = { ...forward.relay };
  return {
    name: forward.name, external: forward.external, to: forward.to, allow: anywhere ? [] : forward.open_to,
    deny: forward.deny ?? [], on: forward.on ?? "", at: forward.at ?? "", hairpin: forward.hairpin ?? true,
    source: forward.source ?? "kept", nat6: forward.nat6 ?? false, upstream: forward.upstream ?? false,
    schedule: forward.schedule ?? "", when_closed: forward.when_closed ?? "end", comment: forward.comment ?? "",
    enabled: forward.enabled, ends: forward.ends, ...forward.limits, ...relay,
  };
}
