import { execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const workspace = fileURLToPath(new URL('../../..', import.meta.url))
const metadata = spawnSync('cargo', ['metadata', '--no-deps', '--offline', '--format-version', '1'], { cwd: workspace, encoding: 'utf8', maxBuffer: 1 << 28 })
const programs = join(JSON.parse(metadata.stdout).target_directory, 'debug')

// Whatever a test that failed left running ends with the tests.
const running = new Set()
process.on('exit', () => running.forEach(site => site.kill('SIGKILL')))

/** A running site: its process, its address with a slash at the end, the URL prefix of its pages, and its database's URL. */
export async function startSite(...options) {
  const bind = options.includes('--bind') ? [] : ['--bind', '127.0.0.1:0']
  const site = spawn(join(programs, 'site'), [...bind, ...options], { stdio: ['ignore', 'pipe', 'ignore'] })
  running.add(site)
  // It does not keep the tests from ending.
  site.unref()
  site.stdout.unref()
  const lines = createInterface({ input: site.stdout })[Symbol.asyncIterator]()
  const { value: prefix } = await lines.next()
  const database = options.includes('--database') ? (await lines.next()).value : undefined
  return { process: site, prefix, address: new URL('/', prefix).href, database }
}

/** Ends a site as Ctrl-C does, and gives its exit status. */
export async function stop(site) {
  const ended = once(site.process, 'exit')
  site.process.kill('SIGINT')
  return (await ended)[0]
}

/** Runs lesson 08's program against a site and its database, under this name, and gives what it printed. */
export function databaseLesson(site, name, form, ...options) {
  return lesson('08', { prefix: site.prefix.replace('/search', `/as/${name}/search`) }, form, '--database', site.database, ...options)
}

/** Runs a lesson's program against a site, and gives what it printed. */
export async function lesson(number, site, ...options) {
  const { stdout } = await promisify(execFile)(join(programs, `lesson${number}`), ['--url', site.prefix, ...options])
  return stdout
}
