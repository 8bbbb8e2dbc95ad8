"use strict";
// Without this script the commands are text to select.
(() => {
  if (!navigator.clipboard) return; // by http from another machine, browsers have none
  for (const text of document.querySelectorAll("[data-copy]")) {
    const button = Object.assign(document.createElement("button"), {type: "button", textContent: "Copy", className: "quiet copy"});
    button.setAttribute("aria-describedby", text.getAttribute("aria-labelledby"));
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(text.textContent);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(text);
        button.textContent = "Press Ctrl+C";
      }
    });
    text.before(button);
  }
})();
