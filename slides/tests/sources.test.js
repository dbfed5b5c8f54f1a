// What can be told from the sources: parity, sections, regions, commands, the schedule. And that these tests can fail.

import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { problemsOf, root, scheduleOf, slidesOf } from '../scripts/deck.js'
import { spokenSeconds } from '../scripts/notes.js'
import { readmes, withSchedule } from '../scripts/schedule.js'
import { readText } from '../setup/regions.js'

test('nothing is wrong with the sources', async () => {
  assert.deepEqual(await problemsOf(), [])
})

test('the schedules follow from the slides, and leave 15 minutes of 90 for questions', async () => {
  for (const [lang, readme] of Object.entries(readmes)) {
    const text = readText(readme)
    assert.equal(text, await withSchedule(text, lang), `${readme}: npm run schedule`)
    const minutes = (await scheduleOf(lang)).reduce((sum, section) => sum + section.minutes, 0)
    assert.ok(minutes <= 75, `${minutes} minutes`)
    assert.match((await slidesOf(lang))[0].frontmatter.duration, /^75min$/)
  }
})

test('a slide is named by its file and line', async () => {
  for (const { where, content } of await slidesOf('en')) {
    const [file, line] = where().split(':')
    assert.equal(readText(join(root, file)).split('\n')[line - 1], content.split('\n')[0], where())
  }
})

test('a note takes its words, clicks, pauses and demonstrations, but no asides', () => {
  assert.equal(spokenSeconds(`${'word '.repeat(60)}\n[click] ${'слово '.repeat(20)}[pause 15 s]\n\nIf it fails: go on.`), 30 + 3 + 10 + 15)
  assert.equal(spokenSeconds('[показ 20 с] `cargo run -p lesson03` и стена'), 20 + 3)
})

const breakages = {
  'a region that a lesson no longer has': {
    file: 'lessons/01-blocking/src/main.rs',
    change: text => text.replaceAll('region loop', 'region circle'),
    finds: [/ru\/03-tokio\.md:\d+: .*main\.rs has no region loop/, /en\/03-tokio\.md:\d+: .*has no region loop/, /no slide shows .*main\.rs#circle/],
  },
  'a lesson that is gone': {
    file: 'lessons/03-tokio/src/main.rs',
    change: () => undefined,
    finds: [/ru\/03-tokio\.md:\d+: ENOENT/],
  },
  'an import without a region': {
    file: 'slides/ru/02-threads.md',
    change: text => text.replace('main.rs#threads', 'main.rs'),
    finds: [/ru\/02-threads\.md:\d+: an import names a file and a region/, /differ by more than words/],
  },
  'a lit line that a lesson no longer has': {
    file: 'lessons/01-blocking/src/main.rs',
    change: text => text.replace('.send()', '.send_now()'),
    finds: [/ru\/00-io\.md:\d+: '\.send\(\)' is in 0 lines of the region/],
  },
  'a lit line that could be another': {
    file: 'slides/en/00-io.md',
    change: text => text.replace('{start_one_by_one|', '{lesson|'),
    finds: [/en\/00-io\.md:\d+: 'lesson' is in 4 lines of the region/],
  },
  'Rust that is not imported': {
    file: 'slides/en/02-threads.md',
    change: text => text.replace('```sh', '```rust'),
    finds: [/en\/02-threads\.md:\d+: Rust is shown by import/],
  },
  'a slide that exists in one language': {
    file: 'slides/en/06-futures.md',
    change: text => text.slice(0, text.lastIndexOf('\n---\nlayout: run')),
    finds: [/58 slides in Russian, 57 in English/],
  },
  'a slide without a note': {
    file: 'slides/ru/05-smol.md',
    change: text => text.replace(/<!--.*?-->/s, ''),
    finds: [/ru\/05-smol\.md:\d+: a slide without presenter notes/],
  },
  'a click that exists in one language': {
    file: 'slides/ru/03-tokio.md',
    change: text => text.replace('<v-click>', '').replace('</v-click>', ''),
    finds: [/differ by more than words/],
  },
  'a word that was not translated': {
    file: 'slides/en/00-io.md',
    change: text => text.replace('participant S as Site', 'participant S as Сайт'),
    finds: [/en\/00-io\.md:\d+: Cyrillic in the English deck/],
  },
  'two slides of one title': {
    file: 'slides/en/07-compare.md',
    change: text => text.replace('# Measure it yourself', '# What follows from it'),
    finds: [/a second slide is called 'What follows from it'/],
  },
  'a command that nothing runs': {
    file: 'slides/en/01-blocking.md',
    change: text => text.replace('cargo run -p lesson01\n', 'cargo run -p lesson1\n'),
    finds: [/'cargo run -p lesson1' is in no README/],
  },
  'a figure that lesson 07 does not have': {
    file: 'lessons/07-compare/README.md',
    change: text => text.replace('03 tokio  ', '03 other  '),
    finds: [/en\/07-compare\.md:\d+: lesson 07's README has no figure '03 tokio: CPU'/],
  },
  'a figure that is not that of the run in the picture': {
    file: 'slides/timelines/en/01-02.svg',
    change: text => text.replaceAll(/0\.3\d s/g, '0.40 s'),
    finds: [/en\/02-threads\.md:\d+: it says 0\.3 s, and its picture 2\.\d+, /],
  },
  'notes that are too long for their minutes': {
    file: 'slides/en/01-blocking.md',
    change: text => text.replace('[demo 60 s]', '[demo 120 s]'),
    finds: [/en\/01-blocking\.md:\d+: its notes take \d+ s, which is more than its 2 minutes/],
  },
  'a slide without minutes': {
    file: 'slides/ru/01-blocking.md',
    change: text => text.replace('minutes: 2.5\n', ''),
    finds: [/ru\/01-blocking\.md:\d+: minutes are for all slides but the appendix/, /differ by more than words/],
  },
  'a link to a slide that is gone': {
    file: 'slides/ru/99-next.md',
    change: text => text.replace('routeAlias: mixed', 'routeAlias: other'),
    finds: [/ru\/05-smol\.md:\d+: a link to 'mixed', which no slide is called/],
  },
  'a section that is missing': {
    file: 'slides/slides.ru.md',
    change: text => text.replace(/---\nsrc: .*04-async-std\.md\n---\n/, ''),
    finds: [/slides\.ru\.md: no section for lesson 04/],
  },
}

for (const [what, { file, change, finds }] of Object.entries(breakages)) {
  test(`is noticed: ${what}`, async (context) => {
    const copy = mkdtempSync(join(tmpdir(), 'deck-'))
    context.after(() => rmSync(copy, { recursive: true }))
    for (const part of ['README.md', 'README.ru.md', 'lessons', 'homework/README.md', 'homework/README.ru.md', 'slides/ru', 'slides/en', 'slides/timelines', 'slides/slides.ru.md', 'slides/slides.en.md'])
      cpSync(join(root, '..', part), join(copy, part), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(copy, 'slides/node_modules'), 'junction')
    const changed = join(copy, file)
    const before = readText(changed)
    const after = change(before)
    assert.notEqual(after, before)
    if (after === undefined)
      rmSync(changed)
    else
      writeFileSync(changed, after)

    const problems = (await problemsOf(join(copy, 'slides'))).join('\n')
    for (const find of finds)
      assert.match(problems, find)
  })
}
