// The page was started before these behaviours were known; starting again begins only what is new.
forge.start(document);
