"use strict";
// Bytes in decimal units to three figures, as the pages themselves have them: 23 kB, 1.54 MB, 1 GB.
const byteSize = (octets) => {
  if (octets < 1000) return `${octets} bytes`;
  const power = Math.min(4, Math.floor(Math.log10(octets / 0.9995) / 3)); // 999,500 is rounded to 1 MB
  return `${Number((octets / 1000 ** power).toPrecision(3))} ${["", "kB", "MB", "GB", "TB"][power]}`;
};
