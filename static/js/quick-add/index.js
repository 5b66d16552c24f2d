// Quick-add while something is typed: chips that show how the line is read, suggestions of names, and cards from pasted lines.

import "../board/shared.js";
import "../lib/clean-paste.js";

export { previewWhileTyping } from "./line-preview.js";
export { openLaneForm } from "./lane-form.js";
