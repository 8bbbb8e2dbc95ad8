"use strict";
// Without this script the sketch is a picture, and its titles are shown where it is opened by itself.
const skySketch = (() => {
  const MOST_OUTLINES = 500;

  // Few enough for a page: evenly chosen ones where there are more.
  const leaveOutlinesOut = (drawn) => {
    const all = drawn.querySelectorAll(".image > path, .crop > path");
    if (all.length <= MOST_OUTLINES) return "";
    const until = (place) => Math.floor(place * MOST_OUTLINES / all.length);
    all.forEach((one, place) => until(place) === until(place + 1) && one.remove());
    return `${MOST_OUTLINES} of ${all.length.toLocaleString("en-US")} outlines of images and crops are shown here. `;
  };

  const show = (box, text, said, go) => {
    const drawn = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
    if (drawn.nodeName !== "svg") return;
    said.parentElement.querySelector(".left-out-here").textContent = leaveOutlinesOut(drawn);
    const fresh = box.cloneNode(false); // without what listened to the sketch before
    box.replaceWith(fresh);
    box = fresh;
    const svg = document.adoptNode(drawn);
    svg.removeAttribute("width");
    svg.removeAttribute("height");
    // Thousands of titles would double the page: it has the one that is pointed at.
    const titles = new Map([...svg.querySelectorAll("svg svg title, .far > title")].map((title) => [title.parentElement, title]));
    titles.forEach((title) => title.remove());
    box.append(svg);
    const titled = [...titles.keys()];
    const marks = titled.filter((one) => one.dataset.row).sort((a, b) => a.dataset.row - b.dataset.row);
    const images = titled.filter((one) => !one.dataset.row);
    let at = null;
    const point = (one) => {
      at?.classList.remove("at");
      titles.get(at)?.remove();
      at = one;
      at.classList.add("at");
      at.append(titles.get(at));
      said.textContent = titles.get(at).textContent;
    };
    const step = (list, by) => {
      if (!list.length) return;
      const here = list.indexOf(at);
      point(list[here < 0 ? (by > 0 ? 0 : list.length - 1) : (here + by + list.length) % list.length]);
    };
    box.addEventListener("pointermove", (event) => {
      if (titles.has(event.target) && event.target !== at) point(event.target);
    });
    box.tabIndex = 0;
    box.setAttribute("role", "application");
    box.setAttribute("aria-label", `Sketch of the sky: left and right go from position to position, up and down from image to image${go ? ", Enter shows what is there" : ""}`);
    box.addEventListener("keydown", (event) => {
      const steps = {ArrowRight: [marks, 1], ArrowLeft: [marks, -1], ArrowDown: [images, 1], ArrowUp: [images, -1]}[event.key];
      if (steps) step(...steps);
      else if (event.key === "Enter" && at?.dataset.row && go) go(at.dataset.row);
      else return;
      event.preventDefault();
    });
    box.addEventListener("click", () => at?.dataset.row && go?.(at.dataset.row));
  };

  const load = async (box, said) => {
    try {
      const response = await fetch(box.dataset.sketch);
      if (response.ok) show(box, await response.text(), said, (row) => location.assign(`results?find=${row}#gallery`));
    } catch {
      // the picture stays
    }
  };

  const otherSkies = (figure) => {
    const [ra, dec, width] = figure.querySelector("svg").dataset.field.split(" ");
    const [aladin, esasky] = figure.querySelectorAll("a");
    const field = `target=${encodeURIComponent(`${ra} ${dec}`)}&fov=${width}`;
    aladin.href = `https://aladin.cds.unistra.fr/AladinLite/?${field}`;
    esasky.href = `https://sky.esa.int/esasky/?${field}&cooframe=J2000&sci=true`;
  };

  const offerWhole = (figure) => {
    const button = figure.querySelector("button"), hadFocus = button === document.activeElement;
    button.hidden = figure.querySelector("svg").dataset.outside === "0";
    if (hadFocus && button.hidden) figure.querySelector("div").focus();
  };

  // The latest dry run alone is shown, however long those before it take.
  let asked = 0;
  const ofPlan = async (figure, ask) => {
    const number = ++asked;
    try {
      const response = await ask();
      if (!response.ok || number !== asked) return;
      show(figure.querySelector("div"), await response.text(), figure.querySelector("output"));
      otherSkies(figure);
      offerWhole(figure);
      figure.hidden = false;
    } catch {
      // the numbers are shown all the same
    }
  };

  const box = document.querySelector("[data-sketch]");
  if (box) load(box, document.getElementById("sky-said"));
  return {ofPlan};
})();
