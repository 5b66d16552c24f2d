// Changes that this page made itself: the open task and the board behind it show them, and don't report them as news.

let refreshBoard = null;
let isHandled = false;

/** Register that this page shows its own changes without a new page load; `refresh(taskId, version)` renders the board again. */
export function handleOwnChanges(refresh = null) {
  isHandled = true;
  refreshBoard ??= refresh;
}

/** Whether this page shows its own changes without a new page load. */
export const areOwnChangesHandled = () => isHandled;

/** Tell the open task that this page made a version of a task. */
export function reportOwnChange(taskId, version) {
  document.dispatchEvent(new CustomEvent("forge:own-change", { detail: { id: taskId, version } }));
}

/** Show what this page did to a task, up to `version`, in the open task and on the board. */
export function showOwnChange(taskId, version) {
  reportOwnChange(taskId, version);
  refreshBoard?.(taskId, version);
}
