import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const workspace = fileURLToPath(new URL('..', import.meta.url))

export default defineConfig({
  server: { fs: { allow: [workspace] } },
  plugins: [
    {
      // Slides follow the files whose code they import; Vite watches none outside of this folder by itself.
      name: 'watch-lessons',
      configureServer: server => void server.watcher.add(`${workspace}/lessons`),
    },
  ],
})
