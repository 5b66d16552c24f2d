// What other programs leave in texts that are pasted, by the same rules as taskforge/text/pasted.py.

const SEQUENCE = new RegExp([
  "(?:\\x1b\\[|\\x9b)[0-?]*[ -/]*[@-~]",
  "(?:\\x1b[\\]PX^_]|[\\x90\\x98\\x9d-\\x9f])[^\\x07\\x1b\\x9c\\n]{0,256}(?:\\x07|\\x1b\\\\|\\x9c)",
  "\\x1b[#%()*+./-][0-~]",
  "\\x1b[0-~]",
  "([^\\n])\\x08(?=\\1)|_\\x08",
].join("|"), "g");
const BREAK = /\r\n?|[\x0b\x0c\x85\u2028\u2029]/g;
const CONTROL = /[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffe\uffff]/g;
const CELL = /(?:"((?:[^"]|"")*)"|([^\t\n]*))(\t|\n|$(?![^]))/g;
const MARK = "(?:[-*+•·‣⁃∙●○◦◉◆◇■□▪▫▸▹►▻▶➢➤➔→✓✔✗✘☐☑☒✅⬜–—\\uf0a7\\uf0b7\\uf0d8\\uf0fc]|[0-9]{1,3}[.)]|\\([0-9]{1,3}\\)|[A-Za-z]\\))";
const BULLET = new RegExp(`^(?:${MARK}\\s+)?(?:\\[[ xX]?\\]\\s+)?`);
const LISTED = new RegExp(`^[^\\S\\n]*(?:${MARK}|[o§Øüv])\\t([^\\t\\n]*)$`, "gm");

/** A text without what can't be seen: line breaks are line feeds, control characters but tabs are gone. */
export const cleanPasted = (text) => text.replace(BREAK, "\n").replace(SEQUENCE, "").replace(CONTROL, "");

/** A cleaned text for a field of one line. */
export const oneLine = (text) => text.replace(/[\t\n ]*[\t\n][\t\n ]*/g, " ");

function splitRows(text) {
  if (!text.includes("\t")) return text.split("\n");
  const rows = [];
  let cells = [];
  for (const [, quoted, plain, separator] of text.matchAll(CELL)) {
    cells.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (separator === "\t") continue;
    rows.push(cells.map((cell) => oneLine(cell).trim()).filter(Boolean).join(" "));
    cells = [];
  }
  return rows;
}

/** The lines of a pasted list, or the rows of a table, that hold something, without bullets, numbers and boxes. */
export function splitLines(pasted) {
  let text = cleanPasted(pasted);
  if (text.split("\t").length - 1 === [...text.matchAll(LISTED)].length) text = text.replace(LISTED, "$1");
  return splitRows(text).map((line) => line.trim()).filter(Boolean).map((line) => line.replace(BULLET, ""));
}
