let last = Promise.resolve();

/** Send something about a card when all that was sent before has been answered, so that it knows the card's version. */
export function inTurn(send) {
  last = last.then(send).catch(reportError);
  return last;
}
