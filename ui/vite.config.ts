import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { embedPage } from './embed-page.ts';

const folder = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** Bundles the inbox's page and writes it as a module of texts beside the server's sources and builds. */
export default defineConfig({
  root: folder('.'),
  base: './',
  publicDir: false,
  plugins: [
    embedPage({
      icon: folder('./icon.svg'),
      into: ['../src/inbox', '../dist/esm/inbox', '../dist/cjs/inbox'].map(folder),
    }),
  ],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    write: false,
    target: 'es2022',
    modulePreload: false,
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    rolldownOptions: {
      input: folder('./index.html'),
      output: {
        entryFileNames: 'app.js',
        assetFileNames: (asset) => (asset.names.some((name) => name.endsWith('.css')) ? 'app.css' : '[name][extname]'),
        codeSplitting: false,
      },
    },
  },
});
