// What becomes of files that were dropped, pasted or chosen: they are attached to their target, and a text that asked for them names them.

import { nameInText } from "./insert.js";
import { uploadFiles } from "./uploads.js";

/** Attach files {file, name} to a target (targets.js). */
export function attach(files, target) {
  const uploads = uploadFiles(files, target);
  if (target.field) nameInText(target.field, uploads);
}
