// Whom a name means, by the same rules as taskforge/text/handles.py. People are as the server's names tell them.

import { fold, foldForFinding } from "./normal-form.js";

const withoutJoiners = (name) => name.replace(/[._'’-]/g, "");

/** A name in the form in which names are compared. */
export const normalizeName = (name) => withoutJoiners(foldForFinding(name));

function isSpeltLike({ display_name: name }, spelling) {
  const words = fold(name).split(/\s+/);
  return [words[0], words.join("")].some((one) => withoutJoiners(one) === spelling);
}

/** Those whom a name may mean; of an address, the part before its domain decides here: the server knows the whole one. */
export function findNamed(written, people) {
  const name = written.split("@")[0];
  const wanted = normalizeName(name);
  let meant = people.filter(({ first, whole, local }) => [first, whole, local].includes(wanted));
  if (!meant.length) meant = people.filter(({ others }) => others.includes(wanted));
  const whole = meant.filter((one) => one.whole === wanted);
  if (whole.length === 1) return whole;
  const spelling = withoutJoiners(fold(name));
  const spelt = meant.length > 1 ? meant.filter((one) => isSpeltLike(one, spelling)) : [];
  return spelt.length ? spelt : meant;
}
