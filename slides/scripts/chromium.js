import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The system's Chromium: the one that CHROMIUM names, or the first on PATH. */
export function chromiumPath() {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'chrome.exe']
  const folders = (process.env.PATH ?? '').split(delimiter)
  const found = process.env.CHROMIUM ?? names.flatMap(name => folders.map(folder => join(folder, name))).find(existsSync)
  if (!found)
    throw new Error('no Chromium on PATH: install it, or let CHROMIUM name one')
  return found
}

/** What Chromium is started with. Its own requests to other hosts are turned off. */
export const chromiumArgs = [
  ...process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  ...['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
]
