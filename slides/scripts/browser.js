import { spawnSync } from 'node:child_process'
import { createServer } from 'node:http'
import { delimiter, join } from 'node:path'
import { existsSync } from 'node:fs'
import { chromium } from 'playwright-chromium'
import sirv from 'sirv'
import { root } from './deck.js'

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

export function launch() {
  return chromium.launch({ executablePath: chromiumPath(), args: chromiumArgs })
}

/** Runs Slidev's command line. */
export function slidev(...args) {
  const command = join(root, 'node_modules/@slidev/cli/bin/slidev.mjs')
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 })
  if (status !== 0)
    throw new Error(`slidev ${args.join(' ')} ended with status ${status}:\n${stdout}${stderr}`)
}

/** Serves the built decks below a folder, as any static server may. Gives the address, with a slash at its end. */
export async function serve() {
  const files = sirv(join(root, 'dist'))
  const server = createServer((request, response) => {
    request.url = request.url.replace('/a/folder', '')
    files(request, response)
  })
  await new Promise(done => server.listen(0, '127.0.0.1', done))
  return { server, address: `http://127.0.0.1:${server.address().port}/a/folder/` }
}
