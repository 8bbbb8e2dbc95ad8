"use strict";
// What the service understands of a table, shown before anything starts: POST /tables, whose reader is that of batches.
const tableCheck = (() => {
  const FIRST_ROWS = 8, ROWS_WITH_ERRORS = 20, LISTED = 10;
  const element = (name, text, className) =>
    Object.assign(document.createElement(name), {textContent: text ?? "", className: className ?? ""});
  const plural = (n, noun) => `${n.toLocaleString("en-US")} ${noun}${n === 1 ? "" : "s"}`;
  const degrees = (value) => value == null ? "" : value.toFixed(6);
  const arcsec = (value) => value == null ? "" : String(Number(value.toPrecision(6)));

  // Heading of each column, the text of a row's cell, and the use of the table's own column that it stands for, if not
  // always shown; a column without any text is left out.
  const COLUMNS = [
    ["Row", (row) => String(row.row)],
    ["Line", (row) => String(row.line ?? "")],
    ["RA (ICRS)", (row) => degrees(row.ra)],
    ["Dec (ICRS)", (row) => degrees(row.dec)],
    ["Name", (row) => row.name ?? ""],
    ["Image set", (row) => row.image_id ?? ""],
    ["Coadd key", (row) => String(row.coadd_key ?? "")],
    ["Date", (row) => row.date ?? ""],
    ["Hemisphere", (row) => row.hem ?? ""],
    ["Scan", (row) => String(row.scan ?? "")],
    ["Image", (row) => String(row.image ?? "")],
    ["Bands", (row) => row.band, "band"],
    ["Crop, arcsec", (row) => arcsec(row.size)],
    ["Best only", (row) => row.best ? "yes" : ""],
    ["Id", (row) => row.given_id ?? row.id ?? ""],
  ];

  const place = (error) => [
    error.line != null && `line ${error.line}`, error.row != null && `row ${error.row}`, error.column,
  ].filter(Boolean).join(", ");
  const rule = (error) => `${error.column}${error.value ? ` “${error.value.slice(0, 60)}”` : ""}: ${error.rule}`;

  const list = (texts, className) => {
    const made = element("ul", "", className);
    made.append(...texts.slice(0, LISTED).map((text) => element("li", text)));
    if (texts.length > LISTED) made.append(element("li", `and ${texts.length - LISTED} more`));
    return made;
  };

  const counted = ({rows, errors}) => {
    const bad = new Set(errors.map((error) => error.row)).size;
    const wholes = rows.filter((row) => row.ra != null && row.size == null).length;
    const parts = [
      [rows.filter((row) => row.ra != null).length, "position"],
      [rows.filter((row) => row.name != null).length, "object name"],
      [bad, "row with errors", "rows with errors"],
    ].filter(([n]) => n).map(([n, noun, many]) => many && n > 1 ? `${n.toLocaleString("en-US")} ${many}` : plural(n, noun));
    const whole = wholes && wholes < rows.length ? `; ${plural(wholes, "row")} without a crop` : "";
    return `${plural(rows.length, "row")}${parts.length ? `: ${parts.join(", ")}` : ""}${whole}.`;
  };

  const frameName = (frame) => frame.replace(/^(icrs|fk[45])/, (system) => system.toUpperCase());

  const sources = (rows) => {
    const named = ({columns: [first, ...others], unit}) => [unit ? `${first} (${unit})` : first, ...others].join(" and ");
    const found = new Set(rows.filter((row) => row.from?.frame).map(({from}) => `${named(from)} as ${frameName(from.frame)}`));
    return found.size ? `Positions were read from ${[...found].slice(0, 3).join("; ")}${found.size > 3 ? " and others" : ""}.` : "";
  };

  const columnUse = (columns) => {
    const others = columns.filter(({used_as: use}) => use && use !== "ra" && use !== "dec")
      .map(({name, used_as: use}) => name.toLowerCase() === use ? name : `${name} as ${use}`);
    const unused = columns.filter(({used_as: use}) => !use).map(({name}) => name);
    const named = (names) => names.slice(0, 12).join(", ") + (names.length > 12 ? ` and ${names.length - 12} more` : "");
    return [others.length && `Also used: ${named(others)}.`, unused.length && `Not used: ${named(unused)}.`]
      .filter(Boolean).join(" ");
  };

  const rowsTable = ({rows, errors, columns: own}) => {
    const ofRow = (row) => errors.filter((error) => error.row === row.row);
    const bad = rows.filter((row) => ofRow(row).length).slice(0, ROWS_WITH_ERRORS);
    const shown = bad.length ? bad : rows.slice(0, FIRST_ROWS);
    const columns = COLUMNS.filter(([, text, use]) => (!use || own.some((column) => column.used_as === use)) && shown.some(text));
    const made = element("table");
    if (bad.length) made.append(element("caption", "Rows with errors"));
    else if (rows.length > shown.length) made.append(element("caption", `The first ${shown.length} rows`));
    const head = made.createTHead().insertRow();
    for (const [name] of columns) head.append(Object.assign(element("th", name), {scope: "col"}));
    if (bad.length) head.append(Object.assign(element("th", "Error"), {scope: "col"}));
    const body = made.createTBody();
    for (const row of shown) {
      const cells = body.insertRow();
      cells.append(...columns.map(([, text]) => element("td", text(row))));
      if (bad.length) cells.append(element("td", ofRow(row).map(rule).join("; "), "bad"));
    }
    const frame = element("div", "", "wide");
    frame.tabIndex = 0;
    frame.append(made);
    return frame;
  };

  const understood = (answer) => {
    const parts = [element("h2", "What was understood", "minor"), element("p", counted(answer))];
    const elsewhere = answer.errors.filter((error) => error.row == null);
    if (elsewhere.length) parts.push(list(elsewhere.map((error) => `${place(error)}: ${error.rule}`), "wrong"));
    if (answer.notices.length) parts.push(list(answer.notices, "notice"));
    parts.push(rowsTable(answer));
    for (const text of [sources(answer.rows), columnUse(answer.columns)].filter(Boolean)) {
      parts.push(element("p", text, "hint"));
    }
    return parts;
  };

  const refused = (problem) => [
    element("h2", "This table cannot be read", "minor"),
    element("p", String(problem.detail ?? problem.title ?? "").split("\n")[0], "wrong"),
  ];
  const unavailable = [element("p", "The table could not be checked now; it is checked when the form is sent.", "hint")];

  let latest;
  return async (target, fields) => {
    latest?.abort(); // the answer to what was there before must not overwrite this one's
    const table = fields?.get("table");
    if (!table || (typeof table === "string" && !table.trim())) return target.replaceChildren();
    if (table.size === 0) return target.replaceChildren(...refused({detail: `${table.name} is empty.`}));
    const most = Number(target.dataset.maxBytes);
    if (table.size > most) {
      return target.replaceChildren(...refused({detail: `${table.name} has more than ${plural(most, "byte")}.`}));
    }
    const mine = latest = new AbortController();
    target.setAttribute("aria-busy", "true");
    try {
      const response = await fetch("tables", {
        method: "POST", body: fields, headers: {Accept: "application/json"}, signal: mine.signal,
      });
      const body = (response.headers.get("Content-Type") ?? "").includes("json") ? await response.json() : null;
      const wrong = body && [413, 422].includes(response.status);
      if (mine.signal.aborted) return;
      target.replaceChildren(...(response.ok && body ? understood(body) : wrong ? refused(body) : unavailable));
    } catch {
      if (!mine.signal.aborted) target.replaceChildren(...unavailable);
    } finally {
      if (mine === latest) target.removeAttribute("aria-busy");
    }
  };
})();
