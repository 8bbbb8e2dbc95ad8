"use strict";
// The first rows of the table, read as the service will read them, and its errors at their cells.
// For display only: the service itself reads the table, in every format, and decides.
const tablePreview = (() => {
  const FIRST_ROWS = 5, ROWS_WITH_ERRORS = 20;
  const PREVIEW_BYTES = 4_000_000; // bytes, the largest upload
  const element = (name, text, className) =>
    Object.assign(document.createElement(name), {textContent: text ?? "", className: className ?? ""});

  const ipac = (lines) => {
    const head = lines.findIndex(({text}) => text.startsWith("|"));
    if (head < 0) return null;
    const bars = [...lines[head].text.matchAll(/\|/g)].map((bar) => bar.index);
    const cut = (text) => bars.slice(0, -1).map((bar, i) =>
      text.slice(bar + 1, i + 2 < bars.length ? bars[i + 1] : undefined).trim().replace(/\|$/, "").trim());
    const names = cut(lines[head].text);
    const data = lines.slice(head).filter(({text}) => !/^[|\\]/.test(text) && text.trim());
    const aligned = ({text}) => {
      const words = text.trim().split(/\s+/);
      const straddles = bars.slice(1, -1).some((bar) => /\S/.test(text[bar] ?? " "));
      return straddles && words.length === names.length ? words : cut(text);
    };
    return {names, rows: data.map((line) => ({line: line.number, cells: aligned(line)}))};
  };

  const quoted = (text, mark) => {
    const found = [];
    for (const [, inner, bare] of text.matchAll(new RegExp(`(?:^|${mark})(?:\\s*"((?:[^"]|"")*)"\\s*|([^${mark}]*))`, "g"))) {
      found.push((inner?.replaceAll('""', '"') ?? bare).trim());
    }
    return found;
  };

  const delimited = (lines) => {
    const data = lines.filter(({text}) => text.trim() && !text.startsWith("#"));
    if (!data.length) return null;
    const mark = [",", "\t", ";"].find((one) => data[0].text.includes(one));
    const split = mark ? (text) => quoted(text, mark) : (text) => text.trim().split(/\s+/);
    return {
      names: split(data[0].text),
      rows: data.slice(1).map(({text, number}) => ({line: number, cells: split(text)})),
    };
  };

  const read = (text) => {
    const lines = text.replace(/^\ufeff/, "").split(/\r\n?|\n/).map((line, i) => ({text: line, number: i + 1}));
    return ipac(lines) ?? delimited(lines);
  };

  const readText = async (file) => {
    const bytes = new Uint8Array(await file.slice(0, 6).arrayBuffer());
    const start = String.fromCharCode(...bytes);
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) return [null, "a gzipped file"];
    if (start.startsWith("SIMPLE")) return [null, "a FITS table"];
    const text = await file.slice(0, PREVIEW_BYTES).text();
    return /^\s*(<\?xml|<VOTABLE)/i.test(text) ? [null, "a VOTable"] : [text, ""];
  };

  const sameName = (a, b) => a.toLowerCase() === String(b).toLowerCase();

  const shownRow = (row, number, names, errors) => {
    const made = element("tr");
    made.append(element("th", String(number)));
    made.firstChild.scope = "row";
    names.forEach((name, i) => {
      const cell = element("td", row.cells[i]);
      const wrong = errors.filter((error) => sameName(name, error.column));
      if (wrong.length) {
        cell.className = "bad";
        cell.append(element("small", wrong.map((error) => error.rule).join("; ")));
      }
      made.append(cell);
    });
    return made;
  };

  const draw = (target, table, errors) => {
    const of = (row, number) => errors.filter((e) => e.row === number || (e.row == null && e.line === row.line));
    const rows = table.rows.map((row, i) => ({row, number: i + 1, errors: of(row, i + 1)}));
    const bad = rows.filter((one) => one.errors.length).slice(0, ROWS_WITH_ERRORS);
    const shown = bad.length ? bad : rows.slice(0, FIRST_ROWS);
    const made = element("table");
    made.append(element("caption", bad.length
      ? `Rows with errors: ${bad.length}${rows.length > bad.length ? ` of ${rows.length.toLocaleString("en-US")}` : ""}`
      : `${rows.length.toLocaleString("en-US")} row${rows.length === 1 ? "" : "s"}${rows.length > FIRST_ROWS ? `; the first ${FIRST_ROWS}:` : ":"}`));
    const head = made.createTHead().insertRow();
    for (const name of ["Row", ...table.names]) head.append(Object.assign(element("th", name), {scope: "col"}));
    made.createTBody().append(...shown.map(({row, number, errors: own}) => shownRow(row, number, table.names, own)));
    const frame = element("div", "", "wide");
    frame.tabIndex = 0;
    frame.append(made);
    target.replaceChildren(frame);
  };

  let latest = 0;
  return async (target, file, pasted, errors = []) => {
    const mine = ++latest; // a large file read slowly must not overwrite what was chosen after it
    const [text, kind] = file ? await readText(file) : [pasted, ""];
    if (mine !== latest) return;
    if (kind) return target.replaceChildren(element("p", `${file.name} is ${kind}; its rows are checked when the form is sent.`, "hint"));
    const table = text.trim() ? read(text) : null;
    if (!table) return target.replaceChildren();
    draw(target, table, errors);
  };
})();
