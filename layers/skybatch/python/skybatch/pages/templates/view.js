"use strict";
// Without this script the links lead to the other images and the button draws.
(() => {
  const BANDS = ".bands a", KEYS = {ArrowLeft: "#prev", ArrowRight: "#next", Escape: ".kicker a"};
  const follow = (link) => link && location.assign(link.href);
  const otherBand = (by) => {
    const links = [...document.querySelectorAll(BANDS)];
    const here = links.findIndex((link) => link.hasAttribute("aria-current"));
    if (links.length > 1) follow(links[(here + by + links.length) % links.length]);
  };
  addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, select, textarea");
    if (typing || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.key === "ArrowUp" || event.key === "ArrowDown") otherBand(event.key === "ArrowUp" ? -1 : 1);
    else if (KEYS[event.key]) follow(document.querySelector(KEYS[event.key]));
    else return;
    event.preventDefault();
  });
  const form = document.getElementById("look");
  form?.addEventListener("change", () => {
    const {black, white} = form.elements, inOrder = Number(black.value) < Number(white.value);
    white.setCustomValidity(inOrder ? "" : "The white point must be above the black point.");
    if (form.reportValidity()) form.requestSubmit();
  });
})();
