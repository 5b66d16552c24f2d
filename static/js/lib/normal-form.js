// The forms in which texts are compared, by the same rules as taskforge/text/normal_form.py.

const MARKS = /[\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670]/g;
const PLAIN = { ø: "o", ł: "l", đ: "d", ð: "d", ħ: "h", ı: "i", ŧ: "t", þ: "th", æ: "ae", œ: "oe", "‘": "'", "’": "'", ʼ: "'", "“": '"', "”": '"', "„": '"', "‐": "-", "‑": "-", "–": "-" };
const LETTERS = new RegExp(`[${Object.keys(PLAIN).join("")}]`, "g");

/** The form in which names and tags are compared. */
export const fold = (text) => text.toLowerCase().normalize("NFKC").toLowerCase().replaceAll("ß", "ss").replaceAll("ς", "σ");

/** The form in which something typed is looked for: folded, without accents, with plain quotes and hyphens. */
export const foldForFinding = (text) =>
  fold(text).normalize("NFKD").replace(MARKS, "").normalize("NFC").replace(LETTERS, (letter) => PLAIN[letter]);
