// Writes both decks as PDF: dist/deck.ru.pdf and dist/deck.en.pdf, a page a slide with all its clicks made.

import { slidev } from './browser.js'
import { chromiumPath } from './chromium.js'
import { langs } from './deck.js'

for (const lang of langs)
  slidev('export', `slides.${lang}.md`, '--output', `dist/deck.${lang}.pdf`, '--executable-path', chromiumPath(), '--timeout', '120000', '--with-toc')
