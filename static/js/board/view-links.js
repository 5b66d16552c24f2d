// Links and buttons that change what the board shows: its filter, its lanes. Their code is loaded by the first click.

import { visit } from "../lib/http.js";
import { isPlainClick } from "../lib/keyboard.js";
import { lazy } from "../lib/lazy.js";
import { isViewPending, view } from "./view-state.js";

const VIEW_LINKS = "[data-view], a[data-popover]";
const board = document.querySelector(".board__columns[data-board-id]"); // a past board has none
const withoutHash = (address) => address.replace(/#.*$/, "");
const importView = lazy(() => import("../view/index.js"));

/** The module of the views; where it can't be loaded, the page goes to the address. */
async function loadView(address) {
  try {
    return await importView();
  } catch {
    visit(address);
    return null;
  }
}

/** The address that a link leads to; a button with a name changes that of the present view. */
function addressOf(link) {
  if (link.href) return link.href;
  const url = new URL(view.address);
  url.searchParams.set(link.name, link.value);
  return url.href;
}

async function follow(link) {
  const module = await loadView(addressOf(link));
  if (!module) return;
  if (link.matches("[data-popover]")) module.openViewPopover(link);
  else {
    link.closest(".menu")?.removeAttribute("open");
    module.followViewLink(link, addressOf(link));
  }
}

if (board) {
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || !isPlainClick(event)) return;
    const link = event.target.closest(VIEW_LINKS);
    if (!link) return;
    event.preventDefault();
    follow(link);
  });

  // Back and Forward, also between steps that were made before a reload.
  window.addEventListener("popstate", async () => {
    if (location.pathname !== new URL(view.address).pathname) return;
    if (withoutHash(location.href) === withoutHash(view.address) && !isViewPending()) return;
    (await loadView(location.href))?.showView(location.href, false);
  });
}
