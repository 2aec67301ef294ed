// How ports and targets are written, taken apart for the fields and put together again.

const transports = "tcp\\+udp|udp\\+tcp|tcp|udp|sctp";

/// `8443/tcp` is a port and a protocol; several stay as they are.
export function splitPorts(external) {
  const found = new RegExp(`^\\s*([^,;\\s/]+)/(${transports})\\s*$`, "i").exec(external);
  if (found) return { ports: found[1], protocol: found[2].toLowerCase(), isPlain: true };
  return { ports: external, protocol: /udp/i.test(external) && !/tcp/i.test(external) ? "udp" : "tcp", isPlain: false };
}

/// What is typed with a protocol keeps it; `all` has none.
export function portsWith(ports, protocol) {
  const typed = ports.trim();
  if (!typed || typed.includes("/") || typed === "all") return typed;
  return typed.split(/[,;\s]+/).map((one) => `${one}/${protocol}`).join(", ");
}

/// `[2001:db8::1]:443`, `nas.lan:443`, `192.168.7.10`: host and port, if there is one.
export function splitTarget(to) {
  if (to === "gateway" || to.startsWith("unix:")) return { host: to, port: "" };
  const found = /^(\[[^\]]+\]|[^:]+)(?::([\d-]+))?$/.exec(to);
  if (!found) return { host: to, port: "" };
  return { host: found[1].replace(/^\[([^\]]*)\]$/, "$1"), port: found[2] ?? "" };
}

export function joinTarget(host, port) {
  const typed = host.trim();
  const number = port.trim();
  if (!typed || typed === "gateway" || typed.startsWith("unix:")) return typed;
  const isBare = typed.includes(":") && !typed.startsWith("[") && typed.split(":").length > 2;
  const written = isBare ? `[${typed}]` : typed;
  return number ? `${written}:${number}` : written;
}
