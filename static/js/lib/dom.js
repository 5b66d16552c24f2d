// Small helpers for elements and documents.

/** A fragment of this document from HTML that the server sent. */
export function parseHtml(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return document.importNode(template.content, true);
}

/** A new element with a class, and properties. */
export const createElement = (tag, className, properties = {}) => Object.assign(document.createElement(tag), { className, ...properties });

/** Initials, over which the person's picture lies if they have one. */
export function createAvatar({ initials, hue, picture }, className, properties) {
  const avatar = createElement("span", `avatar ${className}`, { textContent: initials, ...properties });
  avatar.dataset.hue = hue;
  if (picture) avatar.append(createElement("img", "", { alt: "", src: picture }));
  return avatar;
}

/** A new element that hides an icon of the sheet from screen readers. */
export const createIcon = (name) => createElement("span", `icon icon--${name}`, { ariaHidden: "true" });

/** Call `act` once the page with all that it loads at first has been loaded. */
export function afterPageLoad(act) {
  if (document.readyState === "complete") act();
  else addEventListener("load", act, { once: true });
}

/** Whether an element may take the focus when something is done: it has it, or nothing has. */
export const mayTakeFocus = (element) => element.contains(document.activeElement) || document.activeElement === document.body;

/** Tell screen readers of a change on a board. */
export function announce(text) {
  const region = document.getElementById("board-announcement");
  if (region) region.textContent = text;
}

/** Tell the board that something of it, which is no card, was changed: it fetches its columns again. */
export function markBoardStale() {
  document.querySelector(".board__columns")?.dispatchEvent(new CustomEvent("forge:board-stale"));
}

/** Pass on what a stream says of the person's inbox to what shows it (`core/inbox-loader.js`). */
export const tellInbox = (message) => document.dispatchEvent(new CustomEvent("forge:inbox", { detail: JSON.parse(message.data) }));
