/** The id of a row's element. */
export function rowId(key: string): string {
  return `row-${key.replace('.', '-')}`;
}
