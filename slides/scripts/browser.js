import { spawnSync } from 'node:child_process'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { chromium } from 'playwright-chromium'
import sirv from 'sirv'
import { chromiumArgs, chromiumPath } from './chromium.js'
import { root } from './deck.js'

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

/** Waits until a slide is there with its pictures and diagrams, and nothing moves. */
export async function settle(page, number) {
  await page.waitForSelector(`.slidev-page-${number} .slidev-layout`)
  await page.waitForFunction((number) => {
    const slide = document.querySelector(`.slidev-page-${number}`)
    const diagrams = [...slide.querySelectorAll('.mermaid')]
    return diagrams.every(one => (one.shadowRoot ?? one).querySelector('svg'))
      && [...slide.querySelectorAll('img')].every(image => image.complete)
      && document.getAnimations().every(one => one.playState !== 'running' || one.effect.getTiming().iterations === Infinity)
  }, number)
  await page.evaluate(() => document.fonts.ready)
}
