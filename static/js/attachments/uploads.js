// Files on their way to cards and comments: at most two at once. Each keeps its operation id, so that trying again doubles nothing.

import { showOwnChange } from "../lib/own-changes.js";
import { uuid } from "../lib/uuid.js";
import { showSize } from "./names.js";
import { sendFile } from "./send.js";
import { UploadRow } from "./upload-row.js";

const MAX_AT_ONCE = 2;
const LOST = "The connection broke off.";
const SLOW = "That took too long.";
const FAILED = "That did not work.";
const waiting = [];
const underWay = new Set();

const askBeforeLeaving = (event) => event.preventDefault();

/** Begin what may begin; a page with something on its way asks before it is left. */
function proceed() {
  while (waiting.length && underWay.size < MAX_AT_ONCE) run(waiting.shift());
  window[underWay.size ? "addEventListener" : "removeEventListener"]("beforeunload", askBeforeLeaving);
}

async function run(upload) {
  const { file, name, op, row, target } = upload;
  underWay.add(upload);
  row.begin();
  const sending = sendFile(target.address, { file, name, op }, (sent, total) => row.progress(sent, total));
  upload.stop = sending.stop;
  const { status, body } = await sending.done;
  underWay.delete(upload);
  if (upload.isCancelled) upload.settle(null);
  else if (status === 201 && body) succeed(upload, body);
  else fail(upload, status, body?.error?.message);
  proceed();
}

function succeed({ row, target, settle }, { file, ...way }) {
  row.finish(way.text);
  settle(file);
  showOwnChange(target.taskId);
  document.dispatchEvent(new CustomEvent("forge:done", { detail: way }));
}

/** Say why beside the file; the others go on. What may have arrived is sent again under the same operation id. */
function fail(upload, status, message) {
  const mayHelp = [0, 408, 429].includes(status) || status >= 500;
  upload.isLost = status === 0;
  upload.row.fail(message ?? { 0: LOST, 408: SLOW }[status] ?? FAILED, mayHelp ? () => again(upload) : null);
  if (!mayHelp) upload.settle(null);
}

function again(upload) {
  upload.isLost = false;
  upload.row.wait();
  waiting.push(upload);
  proceed();
}

function cancel(upload) {
  upload.isCancelled = true;
  const place = waiting.indexOf(upload);
  if (place >= 0) waiting.splice(place, 1);
  upload.row.remove();
  if (underWay.has(upload)) upload.stop();
  else upload.settle(null);
}

/** Attach files {file, name} to a target {taskId, key, address, maxBytes}. Answers a promise for each: of what the server says of the
    file, null where it was refused or cancelled. */
export function uploadFiles(files, target) {
  const begun = files.map(({ file, name }) => {
    const upload = { file, name, target, op: uuid(), isCancelled: false, isLost: false, stop: () => {} };
    const done = new Promise((settle) => { upload.settle = settle; });
    upload.row = new UploadRow({ name, size: file.size, target, cancel: () => cancel(upload) });
    if (target.maxBytes && file.size > target.maxBytes) {
      fail(upload, 413, `Too large: a file may have ${showSize(target.maxBytes)}.`);
      return done;
    }
    waiting.push(upload);
    lost.add(upload);
    done.then(() => lost.delete(upload));
    return done;
  });
  proceed();
  return begun;
}

const lost = new Set(); // all that have not ended; those that a broken connection stopped go on when there is one
window.addEventListener("online", () => { for (const upload of lost) if (upload.isLost) again(upload); });
