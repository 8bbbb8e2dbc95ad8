"use strict";
// Without this script the form is a plain post and the examples are links.
(() => {
  const form = document.getElementById("ask");
  const byId = (id) => document.getElementById(id);
  const examples = JSON.parse(byId("examples").textContent);
  const element = (name, text, className) =>
    Object.assign(document.createElement(name), {textContent: text ?? "", className: className ?? ""});
  const plural = (n, noun) => `${n.toLocaleString("en-US")} ${noun}${n === 1 ? "" : "s"}`;
  const OUTCOMES = {
    over_limit: "beyond the limit of one batch", failed: "failed", not_covered: "not covered",
    unresolved: "with a name not found", duplicate: "duplicate", partial: "partly beyond the limit",
  };

  let checkTimer;

  const mode = () => form.elements.mode.value;
  const listMode = () => ["positions", "image_ids", "coadd_keys", "scans"].includes(mode());
  const chosenFile = () => byId("file").files[0];

  const checkTable = () => {
    clearTimeout(checkTimer);
    if (!listMode()) return tableCheck(byId("preview"), null);
    const all = new FormData(form), fields = new FormData();
    for (const name of ["mode", "bands", "best", "size", "survey"]) {
      for (const value of all.getAll(name)) fields.append(name, value);
    }
    fields.set("table", chosenFile() ?? byId("table").value);
    return tableCheck(byId("preview"), fields);
  };

  const hasMode = (name) => Boolean(byId(`mode-${name}`));

  const takeFile = (files) => {
    if (!listMode()) form.elements.mode.value = "positions";
    byId("file").files = files;
    readFile();
  };

  // A request.json fills in the form; any other file is a table.
  const readFile = async () => {
    const file = chosenFile();
    if (file && file.size <= Number(byId("preview").dataset.maxBytes) && (await file.slice(0, 64).text()).trimStart().startsWith("{")) {
      const request = requestFile.read(await file.text(), [...new FormData(form).keys(), "bands"]);
      if (request && hasMode(request.fields.mode)) return fillRequest(request, file.name);
    }
    changed();
    checkTable();
  };

  const setField = (name, value) => {
    if (name === "bands") {
      const wanted = [value].flat().flatMap((word) => word.split(/[,\s]+/)).map((word) => word.toLowerCase());
      for (const box of form.querySelectorAll("[name=bands]")) box.checked = wanted.includes("all") || wanted.includes(box.value.toLowerCase());
      return true;
    }
    const field = form.elements[name], text = String(value);
    field.value = name === "hemisphere" ? text.slice(0, 1) : text;
    if (field.value === text || name === "hemisphere") return true;
    if (field.options) field.selectedIndex = Math.max(0, Array.from(field.options).findIndex((option) => option.defaultSelected));
    return false;
  };

  // The first survey that the list offers, the others beside it; returns those that are not offered.
  const setSurveys = (words) => {
    const list = byId("survey"), boxes = Array.from(form.querySelectorAll("input[name=survey]"));
    const ids = words.map((word) => Array.from(list.options).find((option) => option.dataset.dataset === word)?.value ?? word);
    const first = ids.find((id) => Array.from(list.options).some(({value}) => value === id));
    if (first) list.value = first;
    for (const box of boxes) box.checked = ids.includes(box.value);
    return ids.filter((id) => id !== first && !boxes.some(({value}) => value === id)).map((id) => `survey ${id}`);
  };

  const fillRequest = ({fields, table, file, surveys, unknown}, name) => {
    form.reset();
    const refused = Object.entries(fields).filter(([field, value]) => !setField(field, value)).map(([field]) => field);
    if (surveys.length) refused.push(...setSurveys(surveys));
    byId("table").value = table;
    byId("file").value = "";
    if (file) {
      const carried = new DataTransfer();
      carried.items.add(file);
      byId("file").files = carried.files;
    }
    byId("first_row-field").hidden = form.elements.first_row.value === "1";
    clear();
    const left = [...refused, ...unknown], said = [`The form was filled in from ${name}.`];
    if (left.length) said.push(`Left out, since the form has no such field or choice: ${left.join(", ")}.`);
    if (listMode() && !table && !file) said.push("It does not include the table: choose that again.");
    const box = element("p", said.join(" "), "notice");
    byId("problem").replaceChildren(box);
    changed();
    checkTable();
  };

  const fillExample = (name) => {
    form.elements.mode.value = name;
    byId("file").value = "";
    for (const [field, value] of Object.entries(examples[name])) {
      const target = field === "table" ? byId("table") : form.elements[field];
      target.value = value;
    }
    clear();
    changed();
    checkTable();
    byId(`mode-${name}`).focus();
  };

  const clear = () => {
    byId("problem").replaceChildren();
    byId("plan").replaceChildren();
    byId("plan-sky").hidden = true;
    for (const field of form.querySelectorAll("[aria-invalid]")) {
      field.removeAttribute("aria-invalid");
      const described = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => !id.startsWith("wrong-"));
      if (described.join("")) field.setAttribute("aria-describedby", described.join(" "));
      else field.removeAttribute("aria-describedby");
    }
    for (const message of form.querySelectorAll(".wrong")) message.remove();
  };

  const markField = (error) => {
    const field = byId(error.column);
    if (!field || !form.contains(field)) return false;
    const message = element("span", error.rule, "wrong");
    message.id = `wrong-${error.column}`;
    field.after(message);
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", [message.id, field.getAttribute("aria-describedby")].filter(Boolean).join(" "));
    return true;
  };

  const startAnyway = () => {
    const button = Object.assign(element("button", "Start all the same", "quiet"), {type: "button"});
    button.addEventListener("click", () => {
      askAboutNames(false);
      form.requestSubmit(byId("start"));
    });
    const paragraph = element("p");
    paragraph.append(button, element("span", " What is not found is listed as such in the results.", "hint"));
    return paragraph;
  };

  const askAboutNames = (ask) => {
    for (const radio of document.querySelectorAll(".names input")) radio.closest(".names").remove();
    let field = byId("unknown_names");
    if (!field) {
      field = Object.assign(document.createElement("input"), {type: "hidden", name: "unknown_names", id: "unknown_names"});
      form.append(field);
    }
    field.value = ask ? "refuse" : "accept";
  };

  const showProblem = async (problem) => {
    const box = element("section", "", "problem");
    box.append(element("h2", problem.title ?? "Something went wrong"), element("p", (problem.detail ?? "").split("\n")[0]));
    const errors = problem.errors ?? [];
    const ofTable = errors.filter((e) => e.line != null || e.row != null);
    const others = errors.filter((e) => !ofTable.includes(e)).filter((e) => !markField(e));
    const listed = [...others, ...ofTable];
    if (listed.length && (errors.length > 1 || problem.code === "unknown_names")) box.append(formErrors.list(listed)); // a single one is the detail already
    if (problem.code === "unknown_names" && ofTable.length) box.append(startAnyway());
    byId("problem").replaceChildren(box);
    const first = form.querySelector("[aria-invalid]");
    (first ?? box).scrollIntoView({block: "center"});
    if (first) first.focus();
  };

  const bandLabel = (band) => {
    const box = [...form.querySelectorAll("[name=bands]")].find(({value}) => value.toLowerCase() === band.toLowerCase());
    return box?.closest("label").textContent.trim() ?? band;
  };

  const showPlan = (plan) => {
    const box = element("section", "", "card good");
    box.append(element("h2", "Estimate"));
    const say = (text) => box.append(element("p", text));
    const kinds = Object.entries(plan.by_band ?? {}).filter(([, n]) => n)
      .map(([band, n]) => `${bandLabel(band)} ${n.toLocaleString("en-US")}`);
    if (!plan.images) say("No image set matches this request.");
    else say(`${plural(plan.images, "image")}, ${byteSize(plan.bytes)}${kinds.length > 1 ? ` (${kinds.join(", ")})` : ""}.`);
    if (plan.cut_at_edge) say(`${plan.cut_at_edge.toLocaleString("en-US")} of ${plural(plan.crops, "crop")} reach beyond the edge of an image.`);
    if (plan.parts > 1) say(`This takes ${plan.parts} batches; a button on the page of each starts the next.`);
    const rows = Object.entries(plan.by_outcome ?? {}).filter(([outcome, n]) => n && outcome in OUTCOMES)
      .map(([outcome, n]) => `${plural(n, "row")} ${OUTCOMES[outcome]}`);
    if (rows.length) say(`Of ${plural(plan.rows, "row")}: ${rows.join(", ")}.`);
    for (const notice of plan.notices ?? []) say(notice);
    byId("plan").replaceChildren(box);
    box.scrollIntoView({block: "nearest"});
    if (plan.rows) drawPlan("field");
  };

  const drawPlan = (map) =>
    skySketch.ofPlan(byId("plan-sky"), () => fetch(`plans?format=svg&map=${map}`, {method: "POST", body: new FormData(form)}));

  const send = async (path) => {
    const response = await fetch(path, {method: "POST", body: new FormData(form), headers: {Accept: "application/json"}});
    const kind = response.headers.get("Content-Type") ?? "";
    if (response.ok) return {ok: true, body: await response.json()};
    const body = kind.includes("json") ? await response.json()
      : {title: "The service is not available", detail: `The response was ${response.status}. Please try again in a moment.`};
    return {ok: false, body};
  };

  const post = async (button, path, done) => {
    const label = button.textContent;
    clear();
    button.disabled = true;
    button.textContent = button.dataset.busy;
    try {
      const {ok, body} = await send(path);
      await (ok ? done(body) : showProblem(body));
    } catch {
      await showProblem({title: "The service cannot be reached", detail: "There was no response. Check the connection and try again; the batch may have been started nevertheless."});
    } finally {
      button.disabled = false;
      button.textContent = label;
    }
  };

  const started = (accepted) => {
    const label = byId("label").value.trim() || summary();
    myBatches.add({id: accepted.batch_id, label, created: new Date().toISOString(), state: "accepted"});
    location.assign(accepted.results_url);
  };

  // What a batch without a name is called in the list of this browser.
  const summary = () => {
    const title = byId(`mode-${mode()}`).closest("label").querySelector("strong").textContent;
    if (mode() === "region") return `${title}: ${byId("center").value.trim()}, ${byId("diameter").value.trim()}°`;
    if (mode() === "scan") return `${title}: ${byId("date").value} ${byId("hemisphere").value} ${byId("scan").value}`;
    return chosenFile() ? `${title}: ${chosenFile().name}` : title;
  };

  const changed = commandPanel(form, byId("commands"));

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.submitter?.id === "whole-sky") drawPlan("sky");
    else if (event.submitter?.id === "check") post(byId("check"), "plans", showPlan);
    else post(byId("start"), "batches", started);
  });
  for (const link of document.querySelectorAll("[data-example]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      fillExample(link.dataset.example);
    });
  }
  form.addEventListener("input", (event) => {
    changed();
    if (["center", "table", "file"].includes(event.target.id)) askAboutNames(true);
  });
  byId("table").addEventListener("input", () => {
    clearTimeout(checkTimer);
    checkTimer = setTimeout(checkTable, 600);
  });
  const CHECKED_AGAIN = ["mode", "size", "best", "bands", "survey"];
  // With a survey come its bands.
  for (const box of form.querySelectorAll("input[name=survey]")) {
    box.addEventListener("change", () => {
      for (const band of form.querySelectorAll(`[data-survey="${CSS.escape(box.value)}"] input`)) band.checked = box.checked;
    });
  }
  form.addEventListener("change", (event) => {
    if (event.target.id === "file") readFile();
    else if (CHECKED_AGAIN.includes(event.target.name)) checkTable();
  });
  for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
    form.addEventListener(kind, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      const inside = form.contains(event.relatedTarget);
      form.classList.toggle("dropping", kind === "dragenter" || kind === "dragover" || (kind === "dragleave" && inside));
      if (kind === "drop" && event.dataTransfer.files.length) takeFile(event.dataTransfer.files);
    });
  }
  myBatches.mount(byId("mine"));
  checkTable();
})();
