/** The texts of the page, as the build has made them. */
export interface Page {
  readonly html: string;
  readonly js: string;
  readonly css: string;
  readonly icon: string;
}

/**
 * The page, loaded when it is first asked for. It is a module of texts made by `npm run build:ui`, not files: so it
 * is found in both builds of this package, and in an application that a bundler has made one file of.
 */
export async function loadPage(): Promise<Page> {
  const { page } = await import('./page-assets.cjs');
  return page;
}
