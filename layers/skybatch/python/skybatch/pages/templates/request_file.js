"use strict";
// A request.json of an earlier batch: read here, so that dropping one fills in the form and sends nothing.
const requestFile = (() => {
  const OTHER = ["table", "table_base64", "survey", "dataset", "email"];

  const text = (value) => value == null ? "" : Array.isArray(value) ? value.map(String) : String(value);

  const bytes = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

  // The fields, the table (text, or a file), and what is not known; null for what is no request.
  const read = (source, known) => {
    if (!source.trimStart().startsWith("{")) return null;
    let body;
    try {
      body = JSON.parse(source);
    } catch {
      return null;
    }
    if (!body || typeof body.mode !== "string") return null;
    const fields = {}, unknown = [];
    for (const [name, value] of Object.entries(body)) {
      if (OTHER.includes(name)) continue;
      if (known.includes(name)) fields[name] = text(value);
      else unknown.push(name);
    }
    if (body.email && known.includes("email")) fields.email = text(body.email);
    const encoded = body.table_base64 ? new File([bytes(body.table_base64)], "table") : null;
    return {fields, table: typeof body.table === "string" ? body.table : "", file: encoded, surveys: [body.survey ?? body.dataset ?? []].flat().flatMap((word) => String(word).split(/[,\s]+/)), unknown};
  };

  return {read};
})();
