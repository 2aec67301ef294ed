// The whole table as a file, out and in.
import { h } from "./dom.js";
import { askAndMake } from "./change.js";
import { saidBy } from "./fields.js";
import { toast } from "./notice.js";
import { store } from "./store.js";

export function table() {
  const prune = h("input", { type: "checkbox", "data-test": "apply-prune" });
  const file = h("input", { type: "file", accept: ".json,application/json", class: "unseen", "data-test": "apply-file",
    "aria-label": "A file of forwards", onchange: () => read(file, prune.checked) });
  return [
    h("p", { class: "muted" },
      "To keep, or to take to another gateway. What a file would change is shown before it is done."),
    h("div", { class: "buttons start" },
      h("button", { type: "button", "data-test": "export", onclick: save }, "Save as a file"),
      h("label", { class: "button file" }, file, "Apply a file…")),
    h("label", { class: "check" }, prune, "and remove what the file does not name"),
  ];
}

const usual = { deny: "", on: "", at: "", hairpin: "true", source: "kept", nat6: "false", upstream: "false",
  schedule: "", when_closed: "end", comment: "", enabled: "true", allow: "" };

/// Leases of devices are theirs, and what has ended cannot be made again.
function save() {
  const forwards = store.forwards.filter((forward) => forward.origin !== "device" && forward.state !== "ended")
    .map((forward) => Object.fromEntries(Object.entries(saidBy(forward)).filter(([key,
      value]) => value !== undefined && usual[key] !== String(value))));
  const address = URL.createObjectURL(new Blob([JSON.stringify({ forwards }, null, 2), "\n"],
    { type: "application/json" }));
  h("a", { href: address, download: "portcullis-table.json" }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

async function read(file, isPruning) {
  const [chosen] = file.files;
  if (!chosen) return;
  try {
    const body = JSON.parse(await chosen.text());
    file.value = "";
    await askAndMake(`Apply ${chosen.name}?`,
      { method: "POST", path: "/v1/apply", body, query: { prune: isPruning ? "true" : undefined } },
      { verb: "Apply it", test: "commit" });
  } catch {
    toast("The file is not JSON.", { kind: "failed" });
  }
}
