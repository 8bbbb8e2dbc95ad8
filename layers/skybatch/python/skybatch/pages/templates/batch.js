"use strict";
// Without this script the page reloads itself and the buttons are plain forms.
(() => {
  const batch = document.getElementById("batch");
  const table = document.getElementById("images");
  const ROWS_SHOWN = 2500;
  const SHORTEST_POLL = 2000, LONGEST_POLL = 10000; // milliseconds between two polls of the status
  const element = (name, text) => Object.assign(document.createElement(name), {textContent: text});
  const number = (n) => n.toLocaleString("en-US");

  const size = (octets) => {
    if (octets < 1000) return `${octets} bytes`;
    const power = Math.min(4, Math.floor(Math.log10(octets) / 3));
    return `${Number((octets / 1000 ** power).toPrecision(3))} ${["", "kB", "MB", "GB", "TB"][power]}`;
  };

  const plural = (n, noun) => `${number(n)} ${noun}${n === 1 ? "" : "s"}`;

  const duration = (seconds) => {
    if (seconds < 90) return plural(Math.max(1, Math.round(seconds)), "second");
    const minutes = Math.round(seconds / 60);
    if (minutes < 90) return plural(minutes, "minute");
    return `${plural(Math.floor(minutes / 60), "hour")} ${plural(minutes % 60, "minute")}`;
  };

  const busyButtons = () => {
    for (const button of document.querySelectorAll("button[data-busy]")) {
      button.form.addEventListener("submit", () => {
        button.disabled = true;
        button.textContent = button.dataset.busy;
      });
    }
    // The Back button shows the page as it was left, with the button disabled.
    addEventListener("pageshow", (event) => event.persisted && location.reload());
  };

  const sortable = () => {
    const body = table.tBodies[0];
    const value = (row, column, numeric) => {
      const cell = row.cells[column];
      const text = cell.dataset.v ?? cell.textContent;
      return numeric ? (text === "" ? Infinity : Number(text)) : text;
    };
    const order = (heading) => {
      const down = heading.getAttribute("aria-sort") === "ascending";
      const numeric = heading.classList.contains("num");
      const column = heading.cellIndex;
      const keyed = Array.from(body.rows, (row) => [value(row, column, numeric), row]);
      keyed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
      if (down) keyed.reverse();
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", down ? "descending" : "ascending");
      body.append(...keyed.map(([, row]) => row));
    };
    for (const heading of table.tHead.rows[0].cells) {
      if (heading.classList.contains("preview")) continue;
      const button = element("button", heading.textContent);
      button.type = "button";
      heading.replaceChildren(button);
      button.addEventListener("click", () => order(heading));
    }
  };

  const isSafeUrl = (text) => text && /^(https?:\/\/|[^:]*$)/.test(text);

  const picture = (image) => {
    const link = Object.assign(element("a", ""), {href: image.preview, title: "Preview"});
    const made = Object.assign(document.createElement("img"), {alt: `Preview: ${image.file}`, width: 48, height: 48});
    made.loading = "lazy"; // set before src, else the image is loaded at once
    made.decoding = "async";
    made.src = image.preview;
    link.append(made);
    return link;
  };

  const imageRow = (image) => {
    const row = document.createElement("tr");
    const cell = (text, type) => {
      const made = element("td", text ?? "");
      if (type) made.className = type;
      row.append(made);
      return made;
    };
    const preview = cell("", "preview");
    if (isSafeUrl(image.preview)) preview.append(picture(image));
    const file = cell("", "file");
    const retrieved = (image.status ?? "retrieved") === "retrieved";
    if (retrieved && isSafeUrl(image.url)) {
      file.append(Object.assign(element("a", image.file), {href: image.url}));
    } else {
      file.textContent = image.file ?? "";
    }
    cell(image.row, "row num");
    cell(image.id, "id");
    cell({j: "J", h: "H", k: "Ks"}[String(image.band).toLowerCase()] ?? image.band);
    cell(image.bytes ? size(image.bytes) : "", "num").dataset.v = image.bytes ?? 0;
    cell(retrieved ? "retrieved" : `failed ${image.reason ?? ""}`);
    return row;
  };

  let cursor = batch.dataset.after;
  const fetchImages = async () => {
    const body = table.tBodies[0];
    while (body.rows.length < ROWS_SHOWN) {
      const response = await fetch(`images?after=${encodeURIComponent(cursor)}`);
      if (!response.ok) return;
      const page = await response.json();
      body.append(...page.images.map(imageRow));
      if (page.images.length) document.getElementById("images-section").hidden = false;
      if (!page.next || page.next === cursor) return;
      cursor = page.next;
      if (!page.images.length) return;
    }
  };

  const samples = []; // [seconds, images finished] of the last polls, for the current rate
  const rateText = (finished, tasks) => {
    samples.push([performance.now() / 1000, finished]);
    if (samples.length > 10) samples.shift();
    const rate = (finished - samples[0][1]) / (samples.at(-1)[0] - samples[0][0]);
    if (!(rate > 0)) return null;
    const images = rate >= 1.5 ? `${number(Math.round(rate))} images a second`
      : `${plural(Math.max(1, Math.round(rate * 60)), "image")} a minute`;
    return `about ${images}${tasks > finished ? `, ${duration((tasks - finished) / rate)} to go` : ""}`;
  };

  let announcedAt = -Infinity;
  const announce = (text, at) => { // to screen readers: progress now and then, not every image
    if (at - announcedAt < 20000) return;
    announcedAt = at;
    document.getElementById("announcement").textContent = text;
  };

  const showSteps = (state) => {
    const steps = [...document.querySelectorAll("[data-step]")];
    const here = steps.findIndex((step) => step.dataset.step === state);
    if (here < 0) return;
    steps.forEach((step, place) => {
      step.classList.toggle("past", place < here);
      if (place === here) step.setAttribute("aria-current", "step");
      else step.removeAttribute("aria-current");
    });
  };

  const showProgress = (status) => {
    showSteps(status.state);
    const progress = status.progress ?? {};
    if (!progress.tasks) return 0;
    const failed = progress.failed ?? 0, finished = (progress.done ?? 0) + failed;
    Object.assign(document.getElementById("bar"), {max: progress.tasks, value: finished});
    const text = `${number(finished)} of ${plural(progress.tasks, "image")}`
      + (failed ? `, ${number(failed)} failed` : "");
    document.getElementById("figures").textContent =
      `${text}, ${size(progress.bytes_done ?? 0)} of ${size(progress.bytes_planned ?? 0)}`;
    const rate = rateText(finished, progress.tasks);
    if (rate) document.getElementById("rate").textContent = rate;
    announce(text, performance.now());
    return finished;
  };

  const follow = async () => {
    const own = location.pathname.replace(/\/results\/?$/, "");
    let wait = SHORTEST_POLL, before = -1;
    for (;;) {
      await new Promise((done) => setTimeout(done, document.hidden ? LONGEST_POLL : wait));
      try {
        const response = await fetch(own, {headers: {Accept: "application/json"}});
        if (response.status === 404 || response.status === 410) return location.reload();
        if (!response.ok) throw new Error(String(response.status));
        const status = await response.json();
        if (["complete", "failed", "cancelled"].includes(status.state)) return location.reload();
        const finished = showProgress(status);
        wait = finished === before ? Math.min(LONGEST_POLL, wait * 1.3) : SHORTEST_POLL;
        if (finished !== before) await fetchImages();
        before = finished;
      } catch {
        wait = LONGEST_POLL; // the connection is lost or the service busy: the next poll may succeed
      }
    }
  };

  busyButtons();
  if (table) sortable();
  if (!batch.dataset.finished) follow();
})();
