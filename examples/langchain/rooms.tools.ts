import { tool } from 'langchain';
import { z } from 'zod';

const rooms = [
  { room: 'Ada', seats: 2 },
  { room: 'Grace', seats: 6 },
];

export const findRoom = tool(({ seats }) => rooms.find((room) => room.seats >= seats) ?? 'none is that large', {
  name: 'find_room',
  description: 'Finds a room with that many seats.',
  schema: z.object({ seats: z.number() }),
});

/** Runs only once a person has approved it. */
export const bookRoom = tool(({ room }) => `${room} is booked`, {
  name: 'book_room',
  description: 'Books a room for the next hour.',
  schema: z.object({ room: z.string() }),
});
