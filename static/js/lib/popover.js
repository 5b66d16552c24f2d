// Elements of the top layer, placed within the window.

import { createElement } from "./dom.js";

/** A position between the margin and the last one at which all of the element is in the window. */
export const clampToWindow = (value, last, margin) => Math.max(margin, Math.min(value, last - margin));

/** A new element of the top layer; `kind` is auto (closes by itself on Escape and outside clicks) or manual. */
export function createPopover(className, kind) {
  const element = createElement("div", className, { popover: kind });
  document.body.append(element);
  return element;
}
