import { attempt, discardDraft, ownPrefix, readDraft } from "../lib/drafts.js";

const MAX_AGE = 60 * 86_400_000; // milliseconds after which a draft is given up

/** The drafts of whoever is logged in: [key, draft], the newest first. */
export const listDrafts = () => (attempt(() => Object.keys(localStorage)) ?? [])
  .filter((key) => key.startsWith(ownPrefix))
  .map((key) => key.slice(ownPrefix.length))
  .map((key) => [key, readDraft(key)])
  .filter(([, draft]) => draft)
  .sort(([, one], [, other]) => other.at - one.at);

/** Discard everything that is kept on this device, whoever wrote it. */
export const clearDevice = () => attempt(() => {
  for (const key of Object.keys(localStorage)) if (key.startsWith("taskforge:")) localStorage.removeItem(key);
});

for (const [key, draft] of listDrafts()) if (Date.now() - draft.at > MAX_AGE) discardDraft(key);
