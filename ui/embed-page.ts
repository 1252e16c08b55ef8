import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

interface EmbedOptions {
  readonly icon: string;
  /** The folders that get the module; those that do not exist are left out. */
  readonly into: readonly string[];
}

/**
 * Writes the bundle as `page-assets.cjs`: one format that both builds of the package can load, and texts instead of
 * files, so that a bundler takes them along.
 */
export function embedPage({ icon, into }: EmbedOptions): Plugin {
  return {
    name: 'embed-page',
    apply: 'build',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const text = (name: string): string => {
        const file = bundle[name];
        if (file === undefined) throw new Error(`The bundle has no ${name}; it has ${Object.keys(bundle).join(', ')}`);
        return file.type === 'chunk' ? file.code : String(file.source);
      };
      const page = {
        html: text('index.html'),
        js: text('app.js'),
        css: text('app.css'),
        icon: readFileSync(icon, 'utf8'),
      };
      const unexpected = Object.keys(bundle).filter((name) => !['index.html', 'app.js', 'app.css'].includes(name));
      if (unexpected.length > 0) throw new Error(`The server does not serve ${unexpected.join(', ')}`);
      const module = `'use strict';\nexports.page = ${JSON.stringify(page)};\n`;
      for (const folder of into.filter((name) => existsSync(name)))
        writeFileSync(join(folder, 'page-assets.cjs'), module);
    },
  };
}
