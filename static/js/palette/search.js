// Asking the server for tasks, boards and people by what is typed: a moment after the last letter, and never two at a time.

import { fetchJson } from "../lib/http.js";

const PAUSE = 120; // milliseconds
const NOTHING = { tasks: [], texts: [], boards: [], people: [], more: false, failure: "" };
const NO_ANSWER = "The search does not answer. Commands still work.";
let timer = 0;
let current = null;

async function search(address, query, boardId, signal) {
  const url = new URL(address, location.href);
  url.searchParams.set("q", query);
  if (boardId) url.searchParams.set("board", boardId);
  return { ...NOTHING, ...await fetchJson(url, { signal }) };
}

/** The sentence about a search that failed: the server's, where it can't read what was typed, such as a wrong term. */
async function explain({ status, answer }) {
  const refusal = status === 422 && await answer.json().catch(() => null);
  return refusal?.error?.fields?.q ?? NO_ANSWER;
}

/** Search, at once for an empty query; `onFound` gets what was found, unless something else was searched for since. */
export function searchSoon(address, query, boardId, onFound) {
  cancelSearch();
  const request = new AbortController();
  current = request;
  timer = setTimeout(async () => {
    const found = await search(address, query, boardId, request.signal)
      .catch(async (error) => ({ ...NOTHING, failure: await explain(error) }));
    if (current === request) onFound(found);
  }, query ? PAUSE : 0);
}

export function cancelSearch() {
  clearTimeout(timer);
  current?.abort();
  current = null;
}
