// Runs the lessons, and keeps what their sites saw as the deck's pictures: timelines/LANG/RUN.svg.

import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

// The staircase's axis for all of the same job, so that lengths can be compared from picture to picture.
const ALIKE = ['--scale', '2.1s']

/** Pictures of one run. */
const RUNS = {
  '01': ['lesson01', ...ALIKE],
  '05-drop': ['lesson05', 'drop'],
  '06-try-join-all': ['lesson06', 'try-join-all', '--fault', '3:reset'],
}

/** Pictures of runs on one axis, on a site of their own; of one run where code is above it, as these are low. */
const COMPARISONS = {
  '01-02': [['lesson01'], ['lesson02']],
  '03-04-05': [['lesson03', '--pages', '5'], ['lesson04', '--pages', '5'], ['lesson05', '--pages', '5']],
  '06-unordered': [['lesson06', 'unordered']],
  '06-buffered': [['lesson06', 'buffer-unordered', '--at-once', '3']],
}

function run(lesson, args, expected = 0) {
  const command = ['run', '--quiet', '-p', lesson, '--', ...args]
  const { status } = spawnSync('cargo', command, { stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== expected)
    throw new Error(`cargo ${command.join(' ')} ended with status ${status}, not ${expected}`)
}

/** The picture of runs, as the site's live page offers it. */
async function comparison(runs, lang) {
  const site = spawn('cargo', ['run', '--quiet', '-p', 'site', '--', '--bind', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'ignore'] })
  try {
    const prefix = await new Promise((found, failed) => {
      createInterface(site.stdout).once('line', found).once('close', () => failed(new Error('the site does not start')))
    })
    for (const [lesson, ...args] of runs)
      run(lesson, ['--url', prefix.replace('/search', `/as/${lesson}/search`), '--lang', lang, ...args])
    const { origin } = new URL(prefix)
    const ask = async path => (await fetch(origin + path)).text()
    const ids = [...(await ask('/')).matchAll(/\/live\/runs\/(\d+)\.svg/g)].map(([, id]) => Number(id))
    return await ask(`/live/overlay.svg?lang=${lang}&overlay=${ids.sort((a, b) => a - b).join('.')}`)
  }
  finally {
    site.kill('SIGINT')
  }
}

for (const lang of ['en', 'ru']) {
  mkdirSync(`timelines/${lang}`, { recursive: true })
  for (const [name, [lesson, ...args]] of Object.entries(RUNS)) {
    // A lesson whose page breaks off ends with an error, and draws what was seen all the same.
    run(lesson, [...args, '--lang', lang, '--svg', `timelines/${lang}/${name}.svg`], args.includes('--fault') ? 1 : 0)
  }
  for (const [name, runs] of Object.entries(COMPARISONS))
    writeFileSync(`timelines/${lang}/${name}.svg`, await comparison(runs, lang))
}
