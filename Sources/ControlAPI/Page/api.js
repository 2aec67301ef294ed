// Talks to the gateway. Everything that is not done comes back as a `Problem`.

export const caller = { csrf: "", signedOut: () => {} };

export class Problem extends Error {
  constructor(status, body, retryAfter) {
    super(body.detail ?? body.title ?? `the gateway answered ${status}`);
    this.status = status;
    this.errors = body.errors ?? [];
    this.code = body.code ?? this.errors[0]?.code ?? "";
    this.retryAfter = retryAfter;
  }

  /// The table is not what it was when this change was thought of.
  get isConflict() {
    return this.status === 412 || this.code === "revision-moved";
  }
}

export async function get(path, query) {
  return (await call("GET", path, { query })).value;
}

/// `revision` makes the call conditional: it is refused when the table has moved on.
export async function call(method, path, { query, body, revision, quietly } = {}) {
  const response = await send(method, path + queryText(query), headers(method, path, body, revision), body);
  const value = await parsed(response);
  if (!response.ok) throw refused(response, value, quietly);
  return { value, revision: revisionOf(response.headers.get("ETag")) };
}

/// What carries a key may be sent twice: it is done once.
async function send(method, path, headers, body, isLast = !headers["Idempotency-Key"]) {
  try {
    return await fetch(path, {
      method, headers, credentials: "same-origin", cache: "no-store",
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    if (!isLast) {
      await new Promise((resume) => setTimeout(resume, 700));
      return send(method, path, headers, body, true);
    }
    throw new Problem(0, { detail: "The gateway does not answer. It is asked again as soon as it is there." });
  }
}

function headers(method, path, body, revision) {
  const all = { Accept: "application/json" };
  if (body !== undefined) all["Content-Type"] = "application/json";
  if (revision !== undefined) all["If-Match"] = `"r${revision}"`;
  if (method === "GET") return all;
  if (caller.csrf) all["X-CSRF-Token"] = caller.csrf;
  if (/^\/v1\/(forwards|apply|rollback)/.test(path)) all["Idempotency-Key"] = key();
  return all;
}

function key() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function parsed(response) {
  const text = await response.text();
  if (!text) return {};
  try { return JSON.parse(text); } catch { return { detail: text.slice(0, 200) }; }
}

function refused(response, value, quietly) {
  const problem = new Problem(response.status, value, Number(response.headers.get("Retry-After")) || undefined);
  if (response.status === 401 && !quietly) caller.signedOut();
  return problem;
}

function revisionOf(tag) {
  const found = /r(\d+)/.exec(tag ?? "");
  return found ? Number(found[1]) : undefined;
}

function queryText(query) {
  const pairs = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== "");
  return pairs.length ? `?${new URLSearchParams(pairs)}` : "";
}

export const segment = encodeURIComponent;
