// One file on its way: its progress, its end, and how it is stopped.

import { jsonHeaders } from "../lib/http.js";

const STALL = 60_000; // milliseconds without progress after which the connection counts as broken

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Send a file; `tell(sent, total)` hears of its progress in bytes. Answers {done, stop}: `done` is a promise of {status, body}, with
    status 0 where no answer came, and body null where it is no JSON. */
export function sendFile(address, { file, name, op }, tell) {
  const request = new XMLHttpRequest();
  const fields = new FormData();
  fields.append("op", op); // before the file, so that the server knows it first
  fields.append("file", file, name);
  request.open("POST", address);
  for (const [header, value] of Object.entries(jsonHeaders())) request.setRequestHeader(header, value);
  let timer = 0;
  const watch = () => {
    clearTimeout(timer);
    timer = setTimeout(() => request.abort(), STALL);
  };
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    watch();
    tell(loaded, total);
  });
  const done = new Promise((resolve) => {
    request.addEventListener("loadend", () => {
      clearTimeout(timer);
      resolve({ status: request.status, body: parse(request.responseText) });
    });
  });
  watch();
  request.send(fields);
  return { done, stop: () => request.abort() };
}
