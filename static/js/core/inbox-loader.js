// What comes for the person: its code is loaded by the first thing that comes, or where the page has no stream that tells of it.

import { behaviour } from "../lib/behaviours.js";
import { afterPageLoad } from "../lib/dom.js";
import { lazy } from "../lib/lazy.js";

const loadInbox = lazy(() => import("../live/inbox.js"));
const whenLoaded = (act) => loadInbox().then(act).catch(() => {}); // the next page counts again

behaviour("inbox-loader", () => {
  document.addEventListener("forge:inbox", ({ detail }) => whenLoaded(({ showInbox }) => showInbox(detail)));
  if (document.querySelector("[data-live-url]")) return;
  afterPageLoad(() => whenLoaded(({ connectInbox }) => connectInbox()));
});
