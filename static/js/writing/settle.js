// After a page load: the draft of a form goes when the very submission that it was sent by was carried out. The server says which ones
// were by a cookie, as a log-in page, a proxy's error or a refusal is a page too.

import { discardDraft, listDrafts } from "../lib/drafts.js";

const COOKIE = "sent"; // operation ids, with dots between them
const MAX_AGE = 60 * 86_400_000; // milliseconds after which a draft is given up
const LATER = [1000, 4000]; // milliseconds after which a page that was left may have been answered

function takeSent() {
  const found = document.cookie.split("; ").find((cookie) => cookie.startsWith(`${COOKIE}=`));
  if (!found) return [];
  document.cookie = `${COOKIE}=; Max-Age=0; Path=/; SameSite=Lax`;
  return found.slice(COOKIE.length + 1).split(".");
}

function settleSent() {
  const sent = takeSent();
  if (!sent.length) return;
  for (const [key, draft] of listDrafts()) {
    if (!sent.includes(draft.op)) continue;
    discardDraft(key);
    document.dispatchEvent(new CustomEvent("forge:draft-settled"));
  }
}

for (const [key, draft] of listDrafts()) if (Date.now() - draft.at > MAX_AGE) discardDraft(key);
settleSent();
for (const pause of LATER) setTimeout(settleSent, pause);
window.addEventListener("pageshow", settleSent);
