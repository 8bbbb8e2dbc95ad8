"use strict";
// In the place of a picture that cannot be drawn: why; in its title: how much of it has no data. Without this
// script its alternative text stands there.
(() => {
  const NO_DATA = [63, 111, 181]; // the colour that pictures have there
  const isPreview = (element) => element instanceof HTMLImageElement && element.getAttribute("src")?.includes("previews/");

  const explain = async (picture) => {
    const response = await fetch(picture.src, {headers: {Accept: "application/problem+json, image/png"}});
    if (response.ok) return;
    const reason = (await response.json()).detail;
    if (!reason) return;
    const text = Object.assign(document.createElement("span"), {className: "none undrawn", textContent: reason});
    (picture.closest(".frame") ?? picture).replaceWith(text);
  };

  const tellNoData = (picture) => {
    const [width, height] = [picture.naturalWidth, picture.naturalHeight];
    const canvas = Object.assign(document.createElement("canvas"), {width, height});
    const context = canvas.getContext("2d", {willReadFrequently: true});
    context.drawImage(picture, 0, 0);
    const bytes = context.getImageData(0, 0, width, height).data;
    let lost = 0;
    for (let at = 0; at < bytes.length; at += 4) if (NO_DATA.every((value, n) => bytes[at + n] === value)) lost += 1;
    if (!lost) return;
    const percent = 100 * lost / (width * height);
    picture.title = `${percent < 1 ? "less than 1" : Math.round(percent)} % is without data or outside the image (blue)`;
    picture.alt += `; ${picture.title}`;
  };

  const drawn = (picture) => {
    try {
      if (!picture.title) tellNoData(picture);
    } catch { // of another host, whose pixels cannot be read: the legend says what is blue
    }
  };
  const lost = (picture) => explain(picture).catch(() => {});
  // At the document: a picture's load does not reach the window.
  document.addEventListener("load", (event) => isPreview(event.target) && drawn(event.target), true);
  document.addEventListener("error", (event) => isPreview(event.target) && lost(event.target), true);
  // Those that were there before this script ran.
  for (const picture of document.images) {
    if (isPreview(picture) && picture.complete) picture.naturalWidth ? drawn(picture) : lost(picture);
  }
})();
