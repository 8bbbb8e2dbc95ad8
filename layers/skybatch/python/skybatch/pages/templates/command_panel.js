"use strict";
// Shows the form's request as commands, and keeps up with what is typed while the panel is open.
const commandPanel = (form, panel) => {
  const byId = (id) => document.getElementById(id);
  const element = (name, text, className) =>
    Object.assign(document.createElement(name), {textContent: text ?? "", className: className ?? ""});

  const values = () => {
    const data = new FormData(form), given = Object.fromEntries([...data].filter(([, value]) => typeof value === "string"));
    given.bands = data.getAll("bands");
    given.survey = data.getAll("survey");
    return given;
  };

  // The bands of all surveys that are chosen: what a request without bands asks for.
  const offered = () => {
    const chosen = new FormData(form).getAll("survey");
    const boxes = Array.from(form.querySelectorAll("[name=bands]"));
    const isOffered = (box) => chosen.includes(box.closest("[data-survey]")?.dataset.survey ?? chosen[0]);
    return boxes.filter(isOffered).map(({value}) => value);
  };

  const copyButton = (text, name) => {
    const button = Object.assign(element("button", "Copy", "quiet"), {type: "button"});
    button.setAttribute("aria-label", `Copy the request for ${name}`);
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    });
    return button;
  };

  const part = ([name, text]) => {
    const block = Object.assign(element("pre", text), {tabIndex: 0, id: `command-${name.toLowerCase()}`});
    block.setAttribute("role", "region");
    block.setAttribute("aria-label", `The request for ${name}`);
    const heading = element("h2", name, "minor");
    if (!navigator.clipboard) return [heading, block];
    const line = element("div", "", "copied");
    line.append(heading, copyButton(text, name));
    return [line, block];
  };

  const show = () => {
    if (!panel.open) return;
    const defaults = {
      bands: offered(),
      survey: [panel.dataset.defaultSurvey],
      form: new FormData(form).getAll("survey").length > 1 ? "" : byId("form").dataset.default,
      header: panel.dataset.header,
    };
    const server = new URL(".", location.href).href.replace(/\/$/, "");
    const table = {file: byId("file").files[0]?.name ?? "", text: byId("table").value};
    const {note, ...texts} = requestCommands(server, values(), table, defaults);
    const hint = note ? [element("p", note, "hint")] : [];
    panel.replaceChildren(panel.firstElementChild, ...hint, ...Object.entries(texts).flatMap(part));
  };

  let timer;
  panel.hidden = false;
  panel.addEventListener("toggle", show);
  return () => {
    clearTimeout(timer);
    timer = setTimeout(show, 150);
  };
};
