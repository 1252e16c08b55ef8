import { BadRequestException } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { McpController, Tool } from '@rekog/mcp-nest';
import { z } from 'zod';

const findRoom = z.object({ seats: z.number().int().positive() });
const bookRoom = z.object({ room: z.string(), hour: z.number().int().min(8).max(18) });

/** No decorator of analytics: the server tells what is called. */
@McpController()
export class RoomsTools {
  private readonly rooms = { Ada: 4, Grace: 8, Hedy: 20 };
  private readonly booked = new Set<string>();

  @Tool({ name: 'find_room', description: 'Finds meeting rooms with enough seats', parameters: findRoom })
  findRoom(@Payload() { seats }: z.infer<typeof findRoom>): object {
    return { rooms: Object.entries(this.rooms).flatMap(([room, has]) => (has >= seats ? [room] : [])) };
  }

  @Tool({ name: 'book_room', description: 'Books a meeting room for one hour of today', parameters: bookRoom })
  bookRoom(@Payload() { room, hour }: z.infer<typeof bookRoom>): object {
    if (!Object.hasOwn(this.rooms, room)) throw new BadRequestException(`There is no room ${room}.`);
    const booking = `${room} at ${hour}`;
    if (this.booked.has(booking)) {
      return { content: [{ type: 'text', text: 'That room is taken then.' }], isError: true };
    }
    this.booked.add(booking);
    return { booking };
  }
}
