// Runs the lessons, and keeps what their sites saw as the deck's pictures: timelines/LANG/RUN.svg.

import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'

// One axis for all, so that the wall is seen to be shorter than the staircase.
const ALIKE = ['--scale', '2.1s']

const RUNS = {
  '01': ['lesson01', ...ALIKE],
  '02': ['lesson02', ...ALIKE],
  '03': ['lesson03', ...ALIKE],
  '04': ['lesson04', ...ALIKE],
  '05': ['lesson05', ...ALIKE],
  '05-drop': ['lesson05', 'drop'],
  '06-unordered': ['lesson06', 'unordered'],
  '06-try-join-all': ['lesson06', 'try-join-all', '--fault', '3:reset'],
  '06-buffered': ['lesson06', 'buffer-unordered', '--at-once', '3'],
}

for (const lang of ['en', 'ru']) {
  mkdirSync(`timelines/${lang}`, { recursive: true })
  for (const [run, [lesson, ...args]] of Object.entries(RUNS)) {
    const command = ['run', '--quiet', '-p', lesson, '--', ...args, '--lang', lang, '--svg', `timelines/${lang}/${run}.svg`]
    // A lesson whose page breaks off ends with an error, and draws what was seen all the same.
    const expected = args.includes('--fault') ? 1 : 0
    const { status } = spawnSync('cargo', command, { stdio: ['ignore', 'ignore', 'inherit'] })
    if (status !== expected) {
      console.error(`cargo ${command.join(' ')} ended with status ${status}, not ${expected}`)
      process.exit(1)
    }
  }
}
