// How well a text fits what was typed: every word of it must occur, as a run or as scattered letters.

const START = 8; // a letter that begins a word
const RUN = 5; // a letter right behind the one before
const GAP = 0.3; // for each letter that was passed over

/** The best score of one word's letters in order within the text; -1 where they don't all occur. */
function scoreWord(word, text) {
  let best = -1;
  for (let from = text.indexOf(word[0]); from >= 0; from = text.indexOf(word[0], from + 1)) {
    best = Math.max(best, scoreFrom(word, text, from));
  }
  return best;
}

function scoreFrom(word, text, from) {
  let score = 0;
  let before = from - 1;
  for (const letter of word) {
    const at = text.indexOf(letter, before + 1);
    if (at < 0) return -1;
    if (at === 0 || " -‘“(".includes(text[at - 1])) score += START;
    else if (at === before + 1) score += RUN;
    else score += 1;
    score -= (at - before - 1) * GAP;
    before = at;
  }
  // Scattered letters of a long text are chance, not meaning.
  return score > word.length * 1.5 ? score : -1;
}

/** The fit of a text, 0 for an empty query; -1 for none. */
export function fuzzyScore(query, text) {
  const small = text.toLowerCase();
  let sum = 0;
  for (const word of query.toLowerCase().split(/\s+/).filter(Boolean)) {
    const score = scoreWord(word, small);
    if (score < 0) return -1;
    sum += score;
  }
  return sum && sum - small.length * 0.02;
}
