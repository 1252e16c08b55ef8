/** A person who can sign in. Everybody knows the tokens: this is a demo. */
export interface DemoUser {
  readonly id: string;
  readonly name: string;
  /** Whose agents these are: events count for it too, as a group. */
  readonly workspace: string;
}

const users: Readonly<Record<string, DemoUser>> = {
  'demo-ada': { id: 'ada', name: 'Ada Lovelace', workspace: 'engines' },
  'demo-grace': { id: 'grace', name: 'Grace Hopper', workspace: 'compilers' },
};

export function userOfToken(token: string): DemoUser | undefined {
  return Object.hasOwn(users, token) ? users[token] : undefined;
}
