// Trusted Types (the content policy asks for them): text never becomes code. HTML comes from our server, which has escaped what people wrote.

window.trustedTypes?.createPolicy("default", { createHTML: (html) => html });
