/** An error of which only a class's name and a message are known; `more` are fields that clients put on theirs. */
export function namedError(name: string, message = '', more: { readonly statusCode?: number } = {}): Error {
  return Object.assign(new Error(message), { name, ...more });
}
