/** The version of this package as events carry it; a test holds it to package.json. */
export const version = '0.1.0';
