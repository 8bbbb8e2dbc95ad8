"use strict";
// Without this script the page reloads itself and the buttons are plain forms.
(() => {
  const batch = document.getElementById("batch");
  const tiles = document.getElementById("tiles");
  const labels = JSON.parse(document.getElementById("latest")?.dataset.bands ?? "{}");
  const TILES_SHOWN = 24;
  const SHORTEST_POLL = 2000, LONGEST_POLL = 10000; // milliseconds between two polls of the status
  const element = (name, text) => Object.assign(document.createElement(name), {textContent: text});
  const number = (n) => n.toLocaleString("en-US");

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

  const tile = (image) => {
    const item = element("li", ""), link = element("a", ""), told = element("span", "");
    const band = labels[image.band] ?? image.band;
    const title = [image.row && `Row ${image.row}`, image.id].filter(Boolean).join(" · ") || image.file;
    const picture = Object.assign(document.createElement("img"), {alt: `${title}, ${band}`});
    picture.loading = "lazy"; // set before src, else the image is loaded at once
    picture.decoding = "async";
    picture.src = `previews/${encodeURIComponent(image.file)}.png`;
    link.href = `views/${encodeURIComponent(image.file)}`;
    link.append(picture);
    told.className = "told";
    told.append(element("b", band), ` ${title} `, Object.assign(element("span", byteSize(image.bytes)), {className: "hint"}));
    item.append(link, " ", told);
    return item;
  };

  // The newest target first, its bands together and in order, as the page itself has them (newest_first).
  const newestFirst = (images) => {
    const order = Object.keys(labels).map((band) => band.toLowerCase()), places = new Map();
    const target = ({row, file, band}) => row || file.replace(`_${band.toLowerCase()}`, "_");
    const rank = ({band}) => (order.indexOf(band.toLowerCase()) + 1) || order.length + 1;
    const newest = [...images].reverse();
    newest.forEach((image, place) => places.has(target(image)) || places.set(target(image), place));
    return newest.sort((a, b) => places.get(target(a)) - places.get(target(b)) || rank(a) - rank(b));
  };

  let cursor = batch.dataset.after;
  const fetchImages = async () => {
    for (;;) {
      const response = await fetch(`images?after=${encodeURIComponent(cursor)}`);
      if (!response.ok) return;
      const page = await response.json();
      // Whoever walks the tiles by keyboard keeps the one in focus: it is moved, not made anew.
      tiles.prepend(...newestFirst(page.images.slice(-TILES_SHOWN)).map(tile));
      while (tiles.children.length > TILES_SHOWN && !tiles.lastElementChild.contains(document.activeElement)) tiles.lastElementChild.remove();
      if (page.images.length) document.getElementById("latest").hidden = false;
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
      `${text}, ${byteSize(progress.bytes_done ?? 0)} of ${byteSize(progress.bytes_planned ?? 0)}`;
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
  const filters = document.querySelector(".filters");
  filters?.addEventListener("change", (event) => event.target.matches("select") && filters.requestSubmit());
  if (!batch.dataset.finished) follow();
})();
