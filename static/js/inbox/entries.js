// The entries of the inbox, and which of them has the focus.

export const entriesIn = (inbox) => [...inbox.querySelectorAll(".inbox-entry")];
export const titleOf = (entry) => entry.querySelector(".inbox-entry__title");

/** Give an entry the focus, and bring it into the window. */
export function focusEntry(entry) {
  titleOf(entry).focus({ preventScroll: true });
  entry.scrollIntoView({ block: "nearest" });
}

/** The entry that has the focus; null where none has. */
export const focusedEntry = () => document.activeElement.closest(".inbox-entry");

/** Keep the focus where it is while `change` replaces entries: on the same entry, or where it is gone on the one that follows it. */
export async function keepingFocus(inbox, change) {
  const entries = entriesIn(inbox);
  const at = entries.indexOf(focusedEntry());
  const { id } = entries[at] ?? {};
  await change();
  if (at < 0 || focusedEntry()) return;
  const now = entriesIn(inbox);
  const successor = entries.slice(at + 1).map((entry) => document.getElementById(entry.id)).find(Boolean);
  const entry = document.getElementById(id) ?? successor ?? now.at(-1);
  if (entry) focusEntry(entry);
}
