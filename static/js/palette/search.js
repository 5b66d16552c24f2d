// Asking the server for tasks, boards and people by what is typed: a moment after the last letter, and never two at a time.

import { fetchJson } from "../lib/http.js";

const PAUSE = 120; // milliseconds
const NOTHING = { tasks: [], texts: [], boards: [], people: [], more: false, failed: false };
let timer = 0;
let current = null;

async function search(address, query, boardId, signal) {
  const url = new URL(address, location.href);
  url.searchParams.set("q", query);
  if (boardId) url.searchParams.set("board", boardId);
  return { ...NOTHING, ...await fetchJson(url, { signal }) };
}

/** Search, at once for an empty query; `onFound` gets what was found, unless something else was searched for since. */
export function searchSoon(address, query, boardId, onFound) {
  cancelSearch();
  const request = new AbortController();
  current = request;
  timer = setTimeout(async () => {
    let found = { ...NOTHING, failed: true };
    try {
      found = await search(address, query, boardId, request.signal);
    } catch {
      // It is said that the search failed.
    }
    if (current === request) onFound(found);
  }, query ? PAUSE : 0);
}

export function cancelSearch() {
  clearTimeout(timer);
  current?.abort();
  current = null;
}
