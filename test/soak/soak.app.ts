import { setImmediate as nextTurn } from 'node:timers/promises';
import { Controller, Get, Inject, Query, UseGuards, type DynamicModule, type Type } from '@nestjs/common';
import { AnalyticsContext, AnalyticsModule, TrackMessage } from 'nestjs-agent-analytics';
import { UserOfHeader } from '../handlers/matrix/http.transport.js';
import { randomNumbers } from '../support/random-numbers.js';
import type { CallBook, CallEnding } from './call-book.js';
import { shown, Tools, type Entry } from './tools.js';
import { Work } from './work.js';

/** Of 100 calls, so many end as errors and so many aborted. */
const PERCENT = 2;

/** An ending at random, as the soak's figures ask. */
export function someEnding(random: (below: number) => number): CallEnding {
  const drawn = random(100);
  if (drawn < PERCENT) return 'error';
  return drawn < 2 * PERCENT ? 'aborted' : 'success';
}

/** The chat of the soak: every handler enters what it calls into the book, and works for its message only. */
export function soakModule(book: CallBook, seed: number): DynamicModule {
  const random = randomNumbers(seed);
  const entry = (message: number): Entry => {
    const ending = someEnding(random);
    return { id: book.beneath(message, ending), ending };
  };

  @Controller('chat/:sessionId')
  @UseGuards(UserOfHeader)
  class SoakController {
    constructor(@Inject(Work) private readonly work: Work) {}

    @Get('whole')
    @TrackMessage({ message: () => 'hello', ...shown })
    async whole(@Query() { id, ending }: Entry): Promise<object> {
      const message = Number(id);
      await this.turn(message);
      if (ending === 'error') throw new RangeError('dry');
      return { message };
    }

    @Get('streamed')
    @TrackMessage({ message: () => 'hello', ...shown })
    async *streamed(@Query() { id, ending }: Entry): AsyncGenerator<string> {
      const message = Number(id);
      yield 'begun ';
      await this.turn(message);
      yield 'ended ';
      if (ending === 'error') throw new RangeError('dry');
      // Its reader leaves before this.
      if (ending === 'aborted') for (;;) yield await nextTurn('more ');
    }

    private async turn(message: number): Promise<void> {
      const { work } = this;
      await work.call(entry(message));
      // Somebody's mistake: it must not move the work that follows to another user or session.
      if (random(4) === 0) AnalyticsContext.set({ userId: 'mallory', sessionId: 'other' });
      await Promise.all([work.call(entry(message)), work.call(entry(message))]);
      work.queue(entry(message), [entry(message), entry(message), entry(message)]);
      if (random(2) === 0) work.leave(entry(message));
      if (random(2) === 0) await work.readOne();
      // Goes on after the response.
      work.later(nextTurn().then(() => work.call(entry(message))));
    }
  }

  return {
    module: class SoakModule {},
    imports: [AnalyticsModule.forRoot({ sinks: [book] })],
    controllers: [SoakController as Type],
    providers: [Tools, Work],
  };
}
