/** A command was called with arguments that it does not take; the message says what it expects. */
export class WrongUse extends Error {}
