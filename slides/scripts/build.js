// Builds both decks to dist/ru and dist/en, for any folder of any static server.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { slidev } from './browser.js'
import { langs, root } from './deck.js'

for (const lang of langs)
  slidev('build', `slides.${lang}.md`, '--base', './', '--out', `dist/${lang}`)
mkdirSync(join(root, 'dist'), { recursive: true })
writeFileSync(join(root, 'dist/index.html'), `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<title>Asynchronous programming in Rust</title>
<ul style="font: 24px sans-serif">
  <li><a href="ru/index.html" lang="ru">Асинхронное программирование на Rust</a></li>
  <li><a href="en/index.html">Asynchronous programming in Rust</a></li>
</ul>
</html>
`)
