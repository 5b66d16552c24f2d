// The people and tags of the board, for suggestions and for reading a line.

import { today } from "../lib/reader-zone.js";
import { fetchJson } from "../lib/http.js";
import { fold } from "../lib/normal-form.js";
import { parseLine } from "./parse-line.js";

let people = [];
let tags = []; // that the server told of,
const used = new Map(); // and those that were written here since, by their folded name
let loading = null;
let isPending = false;

async function load() {
  isPending = true;
  try {
    ({ people, tags } = await fetchJson(document.getElementById("quick-add-config").dataset.namesUrl));
  } catch {
    loading = null; // the next field asks again
  } finally {
    isPending = false;
  }
}

/** Load the names, unless they are here. */
export const loadNames = () => (loading ??= load());

/** Whether the names have yet to arrive. */
export const areNamesPending = () => !loading || isPending;

export const knownPeople = () => people;

/** {people, tags} of the board, with the tags that were written here. */
export function knownNames() {
  const known = new Set(tags.map(fold));
  const more = [...used].filter(([name]) => !known.has(name)).map(([, tag]) => tag);
  return { people, tags: more.length ? [...tags, ...more].sort() : tags };
}

/** Cards were made of these lines: their tags are known at once; what else is new on the board, the next field asks for. */
export function learnTags(lines) {
  for (const line of lines) for (const tag of parseLine(line, people, today()).tags) used.set(fold(tag), tag);
  loading = null;
}
