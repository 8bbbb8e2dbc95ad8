"use strict";
// Errors of a request as a list: those of one line together.
const formErrors = (() => {
  const LINES_SHOWN = 20;
  const element = (name, text) => Object.assign(document.createElement(name), {textContent: text ?? ""});

  // Errors of one line stand together, in the order of the first of each.
  const byLine = (errors) => {
    const groups = new Map();
    for (const error of errors) {
      const where = [error.line != null && `line ${error.line}`, error.row != null && `row ${error.row}`].filter(Boolean).join(", ");
      groups.set(where, [...(groups.get(where) ?? []), error]);
    }
    return [...groups];
  };

  const list = (errors) => {
    const groups = byLine(errors), made = element("ul"), shown = groups.slice(0, LINES_SHOWN);
    const text = ({column, value, rule}) => `${column}${value ? ` “${String(value).slice(0, 60)}”` : ""}: ${rule}`;
    for (const [where, errors] of shown) {
      const item = element("li", where || "");
      if (errors.length === 1) item.textContent = [where, text(errors[0])].filter(Boolean).join(", ");
      else {
        const inner = element("ul");
        inner.append(...errors.map((error) => element("li", text(error))));
        item.append(inner);
      }
      made.append(item);
    }
    if (groups.length > shown.length) made.append(element("li", `and ${(groups.length - shown.length).toLocaleString("en-US")} more`));
    return made;
  };

  return {list};
})();
