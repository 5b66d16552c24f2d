"""Scripts that need care where words, names and addresses are told apart."""

from __future__ import annotations

# Inside a character class: letters of scripts that write words without spaces between them, and Hangul, whose endings
# follow a foreign word without a space. `static/js/lib/scripts.js` says the same.
WITHOUT_SPACES = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\u1780-\u17ff"  # Burmese, Khmer
    "\u1100-\u11ff\uac00-\ud7af"  # Hangul
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"  # kana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # ideographs
)
