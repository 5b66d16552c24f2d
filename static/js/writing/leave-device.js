// Logging out deletes what is kept on this device. Where something is, it is said first.

import { toast } from "../lib/toast.js";
import { clearDevice, listDrafts } from "./all-drafts.js";
import { listWaiting } from "./offline.js";

let isWarned = false;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.hasAttribute("data-clear-device")) return;
  const count = listDrafts().length + listWaiting().length;
  if (isWarned || !count) {
    clearDevice();
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  isWarned = true;
  const text = count === 1 ? "1 text that you did not send" : `${count} texts that you did not send`;
  toast(`Logging out deletes ${text} from this device.`, "danger", { label: "Log out", act: () => form.requestSubmit() });
}, { capture: true });
