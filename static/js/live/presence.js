// Who else has this board open, and the names behind the ids that changes carry.

import { createAvatar, createElement } from "../lib/dom.js";
import { fetchJson } from "../lib/http.js";

const MAX_SHOWN = 3;
const people = new Map(); // by id: {name, initials, hue, picture}
const place = document.getElementById("board-presence");
let loading = null;

/** The id of the person at this browser. */
export const currentUserId = () => place.dataset.userId;

function loadPeople() {
  loading ??= fetchJson(place.dataset.peopleUrl)
    .then((found) => Object.entries(found).forEach(([id, person]) => people.set(id, person)))
    .catch(() => { loading = null; });
  return loading;
}

/** Who somebody is: {name, initials, hue, picture}; null for somebody who is not in the team any more. */
export async function findPerson(id) {
  if (id && !people.has(id)) await loadPeople();
  return people.get(id) ?? null;
}

/** Show who has the board open besides oneself; `count` counts everybody, also those who are not named. */
export function showPresence({ people: present, count }) {
  for (const { id, ...person } of present) people.set(id, person);
  const others = present.filter(({ id }) => id !== currentUserId());
  const total = Math.max(others.length, count - 1);
  const shown = others.slice(0, total > MAX_SHOWN + 1 ? MAX_SHOWN : MAX_SHOWN + 1);
  const rest = total - shown.length;
  const names = others.map(({ name }) => name);
  if (total > others.length) names.push(`${total - others.length} more`);
  place.replaceChildren(...shown.map((person) => createAvatar(person, "avatar--presence")));
  if (rest > 0) place.append(createElement("span", "avatar avatar--presence avatar--more", { textContent: `+${rest}` }));
  place.ariaLabel = `Also here: ${names.join(", ")}`;
  place.title = place.ariaLabel;
  place.hidden = !total;
}

/** Show that nobody is known to have the board open. */
export const clearPresence = () => showPresence({ people: [], count: 0 });
