"use strict";
// In the place of a picture that cannot be drawn: why. Without this script its alternative text stands there.
(() => {
  const explain = async (picture) => {
    const response = await fetch(picture.src, {headers: {Accept: "application/problem+json, image/png"}});
    if (response.ok) return;
    const reason = (await response.json()).detail;
    if (!reason) return;
    const text = Object.assign(document.createElement("span"), {className: "none undrawn", textContent: reason});
    (picture.closest(".frame") ?? picture).replaceWith(text);
  };
  const lost = (picture) => {
    if (picture.getAttribute("src")?.includes("previews/")) explain(picture).catch(() => {});
  };
  addEventListener("error", (event) => event.target instanceof HTMLImageElement && lost(event.target), true);
  // Those that were asked for before this script ran.
  for (const picture of document.images) if (picture.complete && !picture.naturalWidth) lost(picture);
})();
