"use strict";
// Sends the calls of the reference from the page, to this service alone. Without this script they can be copied.
(() => {
  const SHOWN = 20000; // characters of an answer
  const element = (name, text, className) =>
    Object.assign(document.createElement(name), {textContent: text ?? "", className: className ?? ""});

  // The page may be served at another address than the one that is published: calls go where the page is.
  const target = (form) => {
    const here = new URL(".", location.href).href.replace(/\/$/, ""), typed = form.elements.url.value.trim();
    return typed.startsWith(form.dataset.server) ? here + typed.slice(form.dataset.server.length) : typed;
  };

  const pretty = (text, type) => {
    if (!type.includes("json")) return text;
    try {
      return JSON.stringify(JSON.parse(text), null, 1);
    } catch {
      return text;
    }
  };

  const isText = (type) => /^(text\/|application\/(json|problem\+json|xml|x-votable\+xml)|image\/svg)/.test(type);

  const shown = async (response, name) => {
    const type = response.headers.get("Content-Type") ?? "";
    const line = element("p", `${response.status} ${response.statusText} ${type}`.trim(), response.ok ? "" : "wrong");
    if (!isText(type)) return [line];
    const text = pretty(await response.text(), type);
    const block = element("pre", text.length > SHOWN ? `${text.slice(0, SHOWN)}\n… ${text.length - SHOWN} more characters` : text);
    block.tabIndex = 0;
    block.setAttribute("role", "region");
    block.setAttribute("aria-label", `The answer of ${name}`);
    return text ? [line, block] : [line];
  };

  const redirected = (url) => {
    const line = element("p", "The answer is a redirect to a file: "), link = element("a", "open it");
    line.append(Object.assign(link, {href: url}), ".");
    return [line];
  };

  const send = async (form) => {
    const answer = form.querySelector(".answer"), button = form.querySelector("button"), url = target(form);
    button.disabled = true;
    try {
      const body = form.elements.body?.value, type = form.dataset.type;
      const options = {method: form.dataset.verb, redirect: "manual", headers: {Accept: "application/json, text/xml;q=0.9, */*;q=0.8"}};
      if (body != null) Object.assign(options, {body, headers: {...options.headers, "Content-Type": type}});
      const response = await fetch(url, options);
      answer.replaceChildren(...(response.type === "opaqueredirect" ? redirected(url) : await shown(response, form.closest("[id]").id)));
    } catch {
      answer.replaceChildren(element("p", "There was no answer, or the address is of another service.", "wrong"));
    } finally {
      button.disabled = false;
    }
  };

  for (const form of document.querySelectorAll("form.try")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(form);
    });
  }
  const opened = () => {
    const named = document.getElementById(location.hash.slice(1)), folded = named?.closest("details:not([open])");
    if (!folded) return;
    folded.open = true;
    named.scrollIntoView();
  };
  addEventListener("hashchange", opened);
  opened();
})();
