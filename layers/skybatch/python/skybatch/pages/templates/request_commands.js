"use strict";
// The request of the form as commands that run as they stand: curl, Python, and the command skybatch.
const requestCommands = (() => {
  const LONGEST_TABLE = 100000; // characters that stand in a command; a longer table is named as a file
  const LISTS = ["positions", "image_ids", "coadd_keys", "scans"];
  const OF_MODE = {region: ["center", "diameter", "relation"], scan: ["date", "hemisphere", "scan"], positions: ["size", "best"]};
  const COMMON = ["bands", "survey", "image_type", "decompress", "form", "edge", "first_row", "label", "email"];
  const DEFAULTS = {relation: "overlap", best: "false", image_type: "atlas", decompress: "true", edge: "clip", first_row: "1"};

  const quoted = (word) => /^[A-Za-z0-9_.,:\/@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
  const python = (value) => Array.isArray(value) ? `[${value.map(python).join(", ")}]` : JSON.stringify(value);
  const lines = (table) => (table.endsWith("\n") ? table : `${table}\n`).match(/[^\n]*\n/g);

  // A word that ends the table in a shell, and that is no line of it.
  const ending = (table) => {
    let word = "TABLE";
    while (table.split("\n").includes(word)) word += "_";
    return word;
  };

  // The fields that say more than their defaults, in the order of the documentation.
  const chosen = (values, defaults) => {
    const all = {...DEFAULTS, ...defaults}; // defaults of bands and form are the survey's
    const names = [...(OF_MODE[values.mode] ?? []), ...COMMON];
    const isSet = (name) => Array.isArray(values[name])
      ? values[name].length && values[name].join() !== [all[name]].flat().join()
      : values[name] && values[name] !== all[name];
    const applies = (name) => !(name === "form" && values.image_type === "quicklook")
      && !(name === "decompress" && values.image_type !== "quicklook")
      && !(name === "first_row" && !LISTS.includes(values.mode));
    return names.filter((name) => isSet(name) && applies(name)).map((name) => [name, values[name]]);
  };

  const curl = (server, mode, fields, source, header) => {
    const parts = [["mode", mode], ...fields].flatMap(([name, value]) => [value].flat().map((one) => `--form-string ${quoted(`${name}=${one}`)}`));
    if (source.name) parts.push(`--form ${quoted(`table=@"${source.name.replaceAll(/[\\"]/g, "\\$&")}"`)}`);
    else if (source.text) parts.push("--form 'table=@-;filename=table.txt'");
    if (header) parts.unshift(`--header "${header}"`); // has a variable of the shell
    return `curl ${[...parts, quoted(`${server}/batches`)].join(" \\\n  ")}${source.here}`;
  };

  const FLAGS = {
    best: () => "--best",
    decompress: () => "--compressed",
    bands: (value) => `--bands ${quoted([value].flat().join(","))}`,
    survey: (value) => `--survey ${quoted([value].flat().join(","))}`,
  };
  const shell = (server, mode, fields, source) => {
    const option = ([name, value]) => FLAGS[name]?.(value) ?? `--${name.replaceAll("_", "-")}=${quoted(value)}`;
    const table = source.name ? [quoted(source.name.startsWith("-") ? `./${source.name}` : source.name)] : source.text ? ["-"] : [];
    const parts = [...table, ...(mode === "positions" || !LISTS.includes(mode) ? [] : [`--mode ${mode}`]), ...fields.map(option)];
    return `skybatch --server ${quoted(server)} submit ${[...parts, "--download results"].join(" \\\n  ")}${source.here}`;
  };

  const FLAG_VALUES = {true: "True", false: "False"};
  const inPython = (server, mode, fields, source) => {
    const literal = ([name, value]) => `${name}=${FLAG_VALUES[value] && ["best", "decompress"].includes(name) ? FLAG_VALUES[value] : python(value)}`;
    const given = [`mode=${python(mode)}`, ...fields.map(literal)];
    const table = source.text ? `table = (\n${lines(source.text).map((line) => `    ${python(line)}\n`).join("")}).encode()\n\n` : "";
    const named = source.name ? `${python(source.name)}, ` : source.text ? "table, " : "";
    return "from skybatch.client import Client\n\n"
      + `${table}with Client(${python(server)}) as client:\n`
      + `    for part in client.run("results", ${named}${given.join(", ")}):\n        print(part.directory, part.status.rows)`;
  };

  // A table as the commands take it: a file by name, or text on standard input.
  const tableSource = (mode, {file, text}) => {
    if (!LISTS.includes(mode)) return {name: "", text: "", here: ""};
    if (file) return {name: file, text: "", here: ""};
    if (!text.trim()) return {name: "table.txt", text: "", here: ""};
    if (text.length > LONGEST_TABLE) return {name: "table.txt", text: "", here: "", note: "Save the table of the form as table.txt first."};
    const end = ending(text);
    return {name: "", text, here: ` <<'${end}'\n${lines(text).join("")}${end}`};
  };

  // Each command by its name, for the fields of the form, its table ({file, text}) and the service's defaults.
  return (server, values, table, defaults) => {
    const fields = chosen(values, defaults), source = tableSource(values.mode, table);
    return {
      note: source.note ?? (source.name ? `${source.name} is read from the folder in which the command runs.` : ""),
      curl: curl(server, values.mode, fields, source, defaults.header),
      Python: inPython(server, values.mode, fields, source),
      shell: shell(server, values.mode, fields, source),
    };
  };
})();
