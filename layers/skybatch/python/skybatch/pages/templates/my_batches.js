"use strict";
// The batches started from this browser: kept here alone, shown on the form, removable.
const myBatches = (() => {
  const KEY = "skybatch.batches", MOST = 100, FINAL = ["complete", "failed", "cancelled", "expired"], ASKED_AT_ONCE = 10;
  const WORDS = {accepted: "accepted", resolving: "resolving names", planning: "finding images", working: "running", packaging: "packaging"};
  const element = (name, text) => Object.assign(document.createElement(name), {textContent: text ?? ""});

  const stored = () => {
    try {
      const found = JSON.parse(localStorage.getItem(KEY) ?? "[]");
      return Array.isArray(found) ? found.filter((one) => /^[0-9a-f]{32}$/.test(one?.id)) : [];
    } catch {
      return []; // storage is off, or holds something else
    }
  };

  const keep = (batches) => {
    try {
      localStorage.setItem(KEY, JSON.stringify(batches.slice(0, MOST)));
      return true;
    } catch {
      return false; // storage is off or full: the list stays as it was
    }
  };

  const add = (batch) => keep([batch, ...stored().filter(({id}) => id !== batch.id)]);
  const has = (id) => stored().some((one) => one.id === id);
  const change = (id, facts) => keep(stored().map((one) => one.id === id ? {...one, ...facts} : one));

  const day = (moment) => {
    const date = new Date(moment ?? NaN);
    return Number.isNaN(date.getTime()) ? "" : date.toLocaleDateString("en-GB", {day: "numeric", month: "short", year: "numeric"});
  };

  const ask = async (batch) => {
    const response = await fetch(`batches/${batch.id}`, {headers: {Accept: "application/json"}});
    if (response.status === 404 || response.status === 410) return {state: "expired"};
    if (!response.ok) return {};
    const {state, label, expires, images} = await response.json();
    return {state, label: label ?? batch.label, expires, images: state === "complete" ? images?.retrieved : undefined};
  };

  const show = (panel) => {
    const batches = stored(), table = Object.assign(element("table"), {className: "stack"}), target = panel.querySelector("div");
    panel.hidden = !batches.length;
    panel.querySelector("summary").textContent = `My batches (${batches.length})`;
    const head = table.createTHead().insertRow();
    for (const name of ["Batch", "State", "Started", "Kept until", ""]) head.append(Object.assign(element("th", name), {scope: "col"}));
    head.lastChild.append(Object.assign(element("span", "Remove"), {className: "unseen"}));
    const body = table.createTBody();
    for (const batch of batches) body.append(row(batch, panel));
    const all = Object.assign(element("button", "Remove all"), {type: "button", className: "quiet"});
    all.addEventListener("click", () => keep([]) && show(panel));
    target.replaceChildren(table, all);
  };

  const row = (batch, panel) => {
    const made = document.createElement("tr"), name = batch.label || `Batch ${batch.id.slice(0, 8)}`;
    const cell = (content, label) => {
      const added = made.insertCell();
      if (label && content) added.dataset.label = label;
      added.append(content);
    };
    cell(batch.state === "expired" ? name : Object.assign(element("a", name), {href: `batches/${batch.id}/results`}));
    cell(batch.state === "complete" && batch.images != null ? `complete, ${batch.images.toLocaleString("en-US")} image${batch.images === 1 ? "" : "s"}` : WORDS[batch.state] ?? batch.state ?? "");
    cell(day(batch.created), "Started");
    cell(batch.state === "expired" ? "" : day(batch.expires), "Kept until");
    const remove = Object.assign(element("button", "Remove"), {type: "button", className: "quiet"});
    remove.setAttribute("aria-label", `Remove ${name} from this list`);
    remove.addEventListener("click", () => {
      keep(stored().filter(({id}) => id !== batch.id));
      show(panel);
    });
    cell(remove);
    return made;
  };

  // The states are asked for once, when the list is opened.
  const refresh = async (panel) => {
    const now = Date.now(), expired = ({expires}) => expires && Date.parse(expires) < now;
    for (const batch of stored().filter(expired)) change(batch.id, {state: "expired"});
    const isOpen = ({state, images}) => !FINAL.includes(state) || (state === "complete" && images == null); // the page told no count
    const open = stored().filter(isOpen).slice(0, ASKED_AT_ONCE);
    await Promise.all(open.map(async (batch) => {
      try {
        change(batch.id, await ask(batch));
      } catch {
        // no connection: the list shows what was known
      }
    }));
    show(panel);
  };

  const mount = (panel) => {
    show(panel);
    panel.addEventListener("toggle", () => panel.open && refresh(panel));
  };

  // On the page of a batch: one that continues or retries a batch of the list belongs to the list too.
  const visited = ({id, previous, label, expires, state}) => {
    if (has(id)) change(id, {state, expires: expires || undefined});
    else if (has(previous)) {
      const before = stored().find((one) => one.id === previous);
      add({id, label: label || before.label, created: new Date().toISOString(), expires: expires || undefined, state});
    }
  };

  const page = document.getElementById("batch");
  if (page?.dataset.id) visited(page.dataset);
  return {add, mount};
})();
