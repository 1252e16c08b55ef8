/** Made by `npm run build:ui` from the folder ui; not kept in git. */
export declare const page: { readonly html: string; readonly js: string; readonly css: string; readonly icon: string };
