// What a stream says of the person's inbox is told to the page: `core/inbox-loader.js` shows it.

/** Pass on a message of a stream. */
export function tellInbox(message) {
  document.dispatchEvent(new CustomEvent("forge:inbox", { detail: JSON.parse(message.data) }));
}
