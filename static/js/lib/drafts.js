// Drafts in the storage of this device. Storage may be full or forbidden; then there are no drafts, and nothing else changes.

const PREFIX = "taskforge:draft:";
const SENT = "taskforge:form-sent"; // the key of the form that the last full page load sent

function attempt(action) {
  try {
    return action();
  } catch {
    return null;
  }
}

/** The draft of a key: {version, fields}; null for none. */
export const readDraft = (key) => attempt(() => JSON.parse(localStorage.getItem(PREFIX + key)));
export const writeDraft = (key, draft) => attempt(() => localStorage.setItem(PREFIX + key, JSON.stringify(draft)));
export const discardDraft = (key) => attempt(() => localStorage.removeItem(PREFIX + key));

/** Discard the drafts of everybody on this device. */
export const discardAllDrafts = () => attempt(() => {
  for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
});

/** Remember that the form of a draft is being sent by a full page load. */
export const noteSentDraft = (key) => attempt(() => sessionStorage.setItem(SENT, key));

/** After a full page load: a form that was sent and is not shown again has arrived, so its draft is discarded. */
export function discardSentDraft() {
  const key = attempt(() => sessionStorage.getItem(SENT));
  if (!key) return;
  attempt(() => sessionStorage.removeItem(SENT));
  const refused = document.querySelector(`[data-draft="${CSS.escape(key)}"], main.error`);
  if (!refused) discardDraft(key);
}
